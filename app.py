"""The front door: wires the rooms together; the only importer of all of them."""

from base import start

# isort: split
import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import cache

import click
from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

import bench.commands
import bench.house
import hooks.deliveries
import hooks.pages
import hooks.telling
import partners.joining.around
import partners.joining.deciding
import partners.leaving.ending
import partners.pages
import partners.parting
import partners.people
import partners.skills
import partners.training.assigning
import qa.api
import qa.appeals.filing
import qa.background
import qa.backup.commands
import qa.board.first_steps
import qa.commands
import qa.crediting
import qa.pages
import qa.rehearsal.commands
import qa.review
import qa.tallies.commands
import qa.vendors.keeping
import security.api
import security.calendar_pages
import security.journal_pages
import security.owner_pages
import security.pages
import security.pulse
import security.token_pages
import stock.anomalies.commands
import stock.api
import stock.buying.commands
import stock.buying.looking
import stock.channels.watching
import stock.commands
import stock.jobs
import stock.news
import stock.orders
import stock.pages
import stock.places
import stock.rolling
import stock.rolling_commands
import stock.uploads
import talk.api
import talk.pages
import tasks.api
import tasks.dispatch
import tasks.issuing
import tasks.opening
import tasks.owner_pages
import tasks.pages
import tasks.queues
from base import commands as base_commands
from base import config, files, gate, jobs, logs, migrate, outbox, receipts, refusals, serve, statistics, web
from base.background import Job, Periodic
from base.config import Settings
from base.db import in_turn, open_engines
from base.scope import Reaction, Scope, World
from partners.news import StandingChanged, TeamJoined
from qa import own_work_pages, veil
from qa.appeals.news import AppealEnded, AppealOpened
from qa.causes import escapes
from qa.news import TaskAccepted, TaskJudged
from qa.sampling import plans, stopped, watching
from security import commands as security_commands
from security import design, founding, frame, health, shops, unlock
from security.doors import needs, unguarded
from security.models import Shop
from security.news import MemberJoined, MemberLeft, ShopOpened
from security.policy import OWNER
from stock.returns import asking as returns
from talk import announcing, bell, digests, hearing, leases, papers
from talk.teams import saying as team_talk
from tasks import lifecycle, records
from tasks.automation import acting as automation
from tasks.kinds import drawing, known
from tasks.leaving import returning
from tasks.news import TaskAssigned, TaskClaimed, TaskExpired, TaskOffered, TaskRejected, TaskSubmitted

start.done()

REACTIONS: Mapping[type, tuple[Reaction, ...]] = {
    ShopOpened: (stock.places.furnish, tasks.queues.first_prices, plans.first),
    MemberJoined: (
        partners.people.on_joined,
        qa.vendors.keeping.on_joined,
        stock.places.open_home,
        announcing.on_joined,
        partners.leaving.ending.on_returned,
    ),
    MemberLeft: (
        returning.on_left,
        partners.people.on_left,
        partners.leaving.ending.on_left,
        partners.parting.on_left,
    ),
    StandingChanged: (
        partners.skills.on_standing_changed,
        partners.training.assigning.on_standing_changed,
        hearing.on_standing_changed,
    ),
    TeamJoined: (team_talk.on_team_joined,),
    stock.news.StockArrived: (stock.orders.fill_waiting,),
    stock.news.FreeStockChanged: (hooks.telling.tell,),
    stock.news.OrdersPlaced: (hooks.telling.tell,),
    stock.news.ProductsAdded: (automation.on_products_added,),
    stock.news.ProductsChanged: (automation.on_products_changed,),
    stock.news.OrdersReady: (tasks.opening.open_packing, automation.on_orders_ready, hooks.telling.tell),
    stock.news.OrdersShort: (hooks.telling.tell,),
    stock.news.OrdersCancelled: (tasks.opening.cancel_for_orders, hooks.telling.tell),
    stock.news.OrdersShipped: (hooks.telling.tell,),
    stock.news.ClaimsMade: (returns.on_claims_made, automation.on_claims_made),
    stock.news.ReturnsArrived: (automation.on_returns_arrived,),
    stock.news.ClaimSettled: (escapes.on_claim_settled, watching.on_claim_settled),
    stock.news.ClaimUndone: (returns.on_claim_undone, escapes.on_claim_undone, watching.on_claim_undone),
    stock.news.ImportFinished: (hooks.telling.tell,),
    TaskClaimed: (known.on_claimed,),
    TaskAssigned: (hearing.on_assigned,),
    TaskOffered: (hearing.on_offered,),
    TaskSubmitted: (qa.review.on_submitted, qa.appeals.filing.on_submitted),
    TaskAccepted: (automation.on_accepted, hooks.telling.tell),
    TaskRejected: (hooks.telling.tell,),
    TaskJudged: (qa.crediting.on_judged, hearing.on_judged),
    AppealOpened: (hearing.on_appeal_opened,),
    AppealEnded: (qa.crediting.on_appeal_ended, hearing.on_appeal_ended),
    TaskExpired: (hearing.on_expired,),
    **hearing.ALONE,
}
OUTWARD: dict[str, Job] = hooks.deliveries.JOBS | digests.JOBS | known.jobs()
JOBS: Mapping[str, Job] = {"stock.import": stock.jobs.IMPORT} | qa.background.JOBS | OUTWARD
PERIODIC: Mapping[str, Periodic] = {
    "leases": Periodic(timedelta(seconds=30), tasks.dispatch.expire_due),
    "procedures": Periodic(timedelta(minutes=5), tasks.issuing.bring_due, wanted=tasks.issuing.coming),
    "receipts": Periodic(timedelta(hours=1), receipts.sweep),
    "errands": Periodic(timedelta(hours=6), outbox.sweep),
    "applications": Periodic(timedelta(hours=24), partners.joining.deciding.sweep),
    "leavings": Periodic(timedelta(hours=24), returning.forget_due),
    "papers": Periodic(timedelta(days=1), papers.remind),  # at nine in the morning in Seoul
    "statistics": Periodic(timedelta(hours=6), statistics.refresh),
    "waiting_files": Periodic(timedelta(hours=1), stock.uploads.sweep),
    "warnings": Periodic(timedelta(minutes=1), leases.warn),
    "outlooks": Periodic(timedelta(days=1), stock.buying.looking.refresh_all, offset=timedelta(hours=18)),
    "channels": Periodic(
        timedelta(minutes=1), stock.channels.watching.tell, wanted=stock.channels.watching.waits
    ),
    "rolling": Periodic(timedelta(minutes=5), stock.rolling.keep, wanted=stock.rolling.waits),
} | qa.background.PERIODIC
APIS = (security.api.api, stock.api.api, tasks.api.api, qa.api.api, talk.api.api)
PAGES = tuple(room.pages.pages for room in (security, partners, stock, tasks, qa, hooks, talk))

known.coded()  # their tables and words are there before anything asks for them


class UnguardedDoor(Exception):
    """A route declares no need; the app does not start."""


def open_world(settings: Settings) -> World:
    """Opens the database, the key store and the file store that every scope stands in."""
    return World(
        settings=settings,
        engines=in_turn(open_engines(settings.database_url)),
        reactions=REACTIONS,
        keys=unlock.open_keys(settings, url=settings.keys_url),
        files=files.open_store(settings.files_url, settings.s3_endpoint),
        jobs=JOBS,
        periodic=PERIODIC,
        shops=shops.every,
        bell=jobs.bell(settings),
    )


def create_app(world: World) -> Flask:
    """The web application over a world. Raises UnguardedDoor when a route declares no need."""
    app = Flask("dari", root_path=str(config.ROOT), static_folder=None)
    app.extensions["dari"] = world
    web.furnish(app, world.settings)
    refusals.furnish(app)
    frame.recognise(app)
    app.add_url_rule("/", "home", home)
    app.add_url_rule("/livez", "livez", health.livez)
    app.add_url_rule("/readyz", "readyz", health.readyz)
    for pages in (*PAGES, *APIS):
        app.register_blueprint(pages)
    drawing.furnish(app)
    if world.settings.debug:
        app.register_blueprint(design.pages)
    app.extensions[web.AROUND] = (
        bell.around,
        stopped.around,
        own_work_pages.around,
        partners.joining.around.around,
    )
    app.extensions[records.VEILS] = (veil.since,)
    app.context_processor(frame.around)
    if open_doors := unguarded(app.view_functions):
        raise UnguardedDoor(", ".join(open_doors))
    return app


@needs("anyone")
def home(scope: Scope) -> ResponseReturnValue:
    """Leads everybody to the first page of their role."""
    if scope.session.scalar(select(Shop.id).limit(1)) is None:
        return redirect(url_for("security.set_up_page"))
    if scope.actor.id == 0:
        return redirect(url_for("security.sign_in_page"))
    if scope.actor.role == OWNER and qa.board.first_steps.is_new(scope):
        return redirect(url_for("qa.first_steps"))
    return redirect(url_for(frame.HOME.get(scope.actor.role, "security.me")))


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """Dari (다리): work, quality and stock for small shops and the partners who work from home."""
    context.obj = the_world


@cache
def the_world() -> World:
    """The world that the environment names, migrated; opened once, when a command first asks for it."""
    settings = config.load()
    migrate.upgrade(settings)
    return open_world(settings)


for command in (
    gate.test,
    gate.check,
    gate.torture,
    gate.revision,
    base_commands.worker,
    security_commands.keys,
    security_commands.audit_group,
    security_commands.reset_link,
    stock.commands.import_,
    stock.anomalies.commands.anomalies,
    stock.buying.commands.buying,
    stock.rolling_commands.stock,
    *qa.commands.COMMANDS,
    qa.backup.commands.backup,
    qa.backup.commands.restore_command(open_world),
    qa.tallies.commands.tallies,
    *qa.rehearsal.commands.COMMANDS,
    qa.rehearsal.commands.demo_command(
        open_world, lambda *how: serve_world(how[0], host=how[1], port=how[2])
    ),
    bench.commands.bench_command(bench.house.Front(open_world, create_app)),
):
    cli.add_command(command)


@cli.command()
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", default=8000, help="The port to listen on.")
def run(host: str, port: int) -> None:
    """Serves the shop: data in var/, web and jobs in the same processes; opens the first-run wizard."""
    os.environ.setdefault("DARI_ORIGIN", f"http://127.0.0.1:{port}")
    settings = config.load()
    migrate.upgrade(settings)
    click.echo(f"dari: {settings.origin}")
    click.echo(f"dari: first run? {settings.origin}/set-up?code={founding.code(settings)}")
    serve_world(settings, host=host, port=port)


@cli.command()
def diagram() -> None:
    """Prints the life of a task as a diagram, from its table."""
    click.echo(lifecycle.diagram())


def serve_world(settings: Settings, *, host: str, port: int) -> None:
    """Serves the world of these settings until told to stop."""

    def opened() -> serve.Opened:
        logs.configure(settings)
        world = open_world(settings)
        return create_app(world), jobs.start(world)

    serve.serve(opened, settings, host=host, port=port)


def main() -> None:
    """The command line; settings that would put data at risk end it before anything happens."""
    try:
        cli(standalone_mode=True)
    except config.Unsafe as danger:
        click.echo(f"dari: not starting: {danger}", err=True)
        sys.exit(3)


if __name__ == "__main__":
    main()
