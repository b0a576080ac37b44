"""A store in a bucket of an S3-compatible server."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import SpooledTemporaryFile
from urllib.parse import urlsplit

import urllib3
from cryptography.hazmat.primitives import hashes
from minio import Minio
from minio.error import MinioException, S3Error

from shared.store import Lost, StoreAway, checked, mark_of

IN_MEMORY = 4_194_304
"""What is larger waits, sealed as it is, in a temporary file until its address is known."""
CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
TRIES_AGAIN = 2


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the bucket is, and who may use it."""

    url: str
    name: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    prefix: str = ""
    """How the names of this node begin: several may share a bucket."""
    ca_file: str | None = None
    """Certificates of an authority that only this site knows."""


class S3Store:
    """One object an address; several processes may use one bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._client = _client(bucket)

    def put(self, pieces: Iterable[bytes]) -> str:
        """Send it when its address is known; it is safe when the server says so."""
        digest = hashes.Hash(hashes.SM3())
        with SpooledTemporaryFile(IN_MEMORY) as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
            size = file.tell()
            file.seek(0)
            address = digest.finalize().hex()
            with _telling(address):
                self._client.put_object(
                    bucket_name=self._bucket.name,
                    object_name=self._named(address),
                    data=file,  # type: ignore[arg-type]  # it reads, which is all that is asked of it
                    length=size,
                )
        return address

    def read(self, address: str, piece: int) -> Iterator[bytes]:
        """Yield pieces of so many bytes."""
        named = self._named(checked(address))
        with _telling(address):
            answer = self._client.get_object(bucket_name=self._bucket.name, object_name=named)
            try:
                while data := answer.read(piece):
                    yield data
            finally:
                answer.close()
                answer.release_conn()

    def drop(self, address: str) -> None:
        """Remove its object."""
        named = self._named(checked(address))
        with _telling(address):
            self._client.remove_object(bucket_name=self._bucket.name, object_name=named)

    def shelf(self, number: int) -> Iterator[str]:
        """Yield the addresses on a shelf."""
        begins = self._bucket.prefix
        with _telling(mark_of(number)):
            found = self._client.list_objects(
                bucket_name=self._bucket.name, prefix=begins + mark_of(number), recursive=True
            )
            names = [each.object_name or "" for each in found]
        yield from [name.removeprefix(begins) for name in names]

    def tidy(self, before: datetime) -> None:
        """Do nothing: an object is there whole or not at all."""

    def _named(self, address: str) -> str:
        return self._bucket.prefix + address


def _client(bucket: Bucket) -> Minio:
    place = urlsplit(bucket.url)
    pool = urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
        retries=urllib3.Retry(
            total=TRIES_AGAIN, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]
        ),
        cert_reqs="CERT_REQUIRED",
        ca_certs=bucket.ca_file,
    )
    return Minio(
        endpoint=place.netloc,
        access_key=bucket.access_key,
        secret_key=bucket.secret_key,
        region=bucket.region,
        secure=place.scheme == "https",
        http_client=pool,
    )


@contextmanager
def _telling(address: str) -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        if error.code == "NoSuchKey":
            raise Lost(address) from error
        raise StoreAway(f"the bucket of files: {error.code}") from error
    except (MinioException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise StoreAway(f"the bucket of files: {type(error).__name__}") from error
