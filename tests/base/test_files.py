"""Kept files are whole or absent, private, unguessable, and the same in a folder and in a bucket."""

import os
import resource
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from base import files
from base.i18n import t

AWS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "ap-northeast-2",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
LONG_AGO, SOON = datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC) + timedelta(hours=1)
UNKNOWN = "0" * 32


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """An S3 service on loopback with one bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in AWS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(endpoint: str, aws: None, tmp_path: Path) -> files.Store:
    client = boto3.client("s3", endpoint_url=endpoint)
    name = tmp_path.name.replace("_", "-").lower()
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"})
    client.put_object(Bucket=name, Key="other/" + UNKNOWN, Body=b"another system's")
    return files.open_store(f"s3://{name}/dari", endpoint)


@pytest.fixture
def folder(tmp_path: Path) -> files.Folder:
    store = files.open_store(str(tmp_path / "var" / "files"))
    assert isinstance(store, files.Folder)
    return store


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest) -> files.Store:
    made: files.Store = request.getfixturevalue(request.param)
    return made


# --- on both ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", bytes(range(256)) * 20_000])
def test_what_is_put_comes_back(store: files.Store, data: bytes) -> None:
    key = files.put(store, data)
    assert files.exists(store, key) is True
    assert files.get(store, key) == data


def test_the_same_bytes_get_different_keys_that_say_nothing(store: files.Store) -> None:
    first, second = files.put(store, b"same"), files.put(store, b"same")
    assert first != second
    assert [len(key) for key in (first, second)] == [32, 32]


def test_what_is_deleted_stays_gone(store: files.Store) -> None:
    key, kept = files.put(store, b"gone"), files.put(store, b"kept")
    files.delete(store, key)
    files.delete(store, key)
    assert files.exists(store, key) is False
    with pytest.raises(files.NoFile) as refused:
        files.get(store, key)
    assert refused.value.status == 404
    assert files.get(store, kept) == b"kept"


@pytest.mark.parametrize(
    "key", ["", "../../../etc/passwd", UNKNOWN, UNKNOWN + "\n", "A" * 32, "0" * 31 + "/", "0" * 33]
)
def test_a_key_we_did_not_make_names_nothing(store: files.Store, key: str) -> None:
    assert files.exists(store, key) is False
    with pytest.raises(files.NoFile):
        files.get(store, key)


def test_leftovers_are_found_by_age(store: files.Store) -> None:
    keys = {files.put(store, b"1"), files.put(store, b"2")}
    assert set(files.older(store, SOON)) == keys
    assert list(files.older(store, LONG_AGO)) == []


# --- in a folder ------------------------------------------------------------------------------------------


def modes(root: Path) -> set[tuple[bool, int]]:
    return {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in [root, *root.rglob("*")]}


def everything(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*") if path.is_file()]


def test_only_this_user_reads_the_folder(folder: files.Folder) -> None:
    mask = os.umask(0)
    try:
        files.put(folder, b"private")
    finally:
        os.umask(mask)
    assert modes(folder.root) == {(True, 0o700), (False, 0o600)}


def test_a_full_disk_leaves_no_half_file(folder: files.Folder) -> None:
    kept = files.put(folder, b"kept")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(files.NoRoom) as refused:
            files.put(folder, bytes(300_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused.value.status == 507
    assert everything(folder.root) == [kept]
    assert files.get(folder, files.put(folder, bytes(300_000))) == bytes(300_000)


def test_another_failure_of_the_disk_is_not_called_full(folder: files.Folder) -> None:
    folder.root.parent.mkdir(parents=True)
    folder.root.write_bytes(b"a file where the folder should be")
    with pytest.raises((FileExistsError, NotADirectoryError)):
        files.put(folder, b"x")


KILLED = """
import os, signal, sys
sys.path.insert(0, {project!r})
from base import files
from pathlib import Path
os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
Path.mkdir(Path({root!r}) / "00" / "00", parents=True)
files.secrets.token_hex = lambda size: "0" * 32
files.put(files.Folder(Path({root!r})), b"half a story")
"""


def test_a_kill_in_the_middle_leaves_nothing_anyone_can_get(folder: files.Folder) -> None:
    script = KILLED.format(project=str(Path(files.__file__).parents[1]), root=str(folder.root))
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert everything(folder.root) == [UNKNOWN + ".part"]
    assert files.exists(folder, UNKNOWN) is False
    with pytest.raises(files.NoFile):
        files.get(folder, UNKNOWN)
    assert list(files.older(folder, SOON)) == [UNKNOWN]
    files.delete(folder, UNKNOWN)
    assert everything(folder.root) == []


# --- in a bucket ------------------------------------------------------------------------------------------


def test_a_store_that_does_not_answer_is_a_polite_no(aws: None) -> None:
    away = files.open_store("s3://bucket/dari", "http://127.0.0.1:9")
    with pytest.raises(files.FilesAway) as refused:
        files.put(away, b"x")
    assert refused.value.status == 503


def test_a_missing_bucket_is_not_a_missing_file(endpoint: str, aws: None) -> None:
    with pytest.raises(files.FilesAway):
        files.get(files.open_store("s3://no-such-bucket", endpoint), UNKNOWN)


def test_two_shops_of_a_bucket_do_not_see_each_other(
    bucket: files.Store, endpoint: str, tmp_path: Path
) -> None:
    key = files.put(bucket, b"mine")
    neighbour = files.open_store(f"s3://{tmp_path.name.replace('_', '-').lower()}/neighbour/", endpoint)
    assert files.exists(neighbour, key) is False
    assert list(files.older(neighbour, SOON)) == []


def test_refusals_have_words() -> None:
    for refusal in (files.NoFile(), files.NoRoom(), files.FilesAway()):
        for locale in ("ko", "en"):
            assert len(t(locale, f"refused.{refusal.code}")) > 20
