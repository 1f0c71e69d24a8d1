"""Kept files in an S3-compatible bucket; needs the extra `s3`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from base.files import KEY, FilesAway, NoFile

# A page waits for this store: seconds, not boto's minute.
PATIENCE = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, or a prefix in one. The store keeps an object whole or not at all by itself."""

    client: Any
    name: str
    prefix: str

    def write(self, key: str, data: bytes) -> None:
        """Keep the bytes. Raises FilesAway."""
        with _in_words():
            self.client.put_object(Body=data, ContentType="application/octet-stream", **self._at(key))

    def read(self, key: str) -> bytes:
        """The bytes. Raises NoFile, FilesAway."""
        with _in_words():
            return bytes(self.client.get_object(**self._at(key))["Body"].read())

    def remove(self, key: str) -> None:
        """Remove the object. Raises FilesAway."""
        with _in_words():
            self.client.delete_object(**self._at(key))

    def has(self, key: str) -> bool:
        """Whether the object is there. Raises FilesAway."""
        try:
            with _in_words():
                self.client.head_object(**self._at(key))
        except NoFile:
            return False
        return True

    def older(self, before: datetime) -> Iterator[str]:
        """Keys last written before an instant. Raises FilesAway."""
        with _in_words():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.name, Prefix=self.prefix
            )
            for kept in (kept for page in pages for kept in page.get("Contents", ())):
                key = kept["Key"].removeprefix(self.prefix)
                if kept["LastModified"] < before and KEY.fullmatch(key):
                    yield key

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": self.prefix + key}


def open_bucket(url: str, endpoint: str) -> Bucket:
    """The bucket of s3://bucket/prefix; credentials come from where boto3 looks for them."""
    parts = urlsplit(url)
    prefix = parts.path.strip("/")
    client = boto3.client("s3", endpoint_url=endpoint or None, config=PATIENCE)
    return Bucket(client, parts.netloc, f"{prefix}/" if prefix else "")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except ClientError as refused:
        if refused.response["Error"]["Code"] in {"NoSuchKey", "404"}:
            raise NoFile from refused
        raise FilesAway from refused
    except BotoCoreError as failed:
        raise FilesAway from failed
