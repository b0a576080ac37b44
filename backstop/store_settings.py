"""What an operator may change about where the bytes of files lie: a folder, or a bucket."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator


class StoreSettings(BaseModel):
    """A folder, unless a bucket is named; what lies there is sealed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path = Field(
        default=Path("/var/lib/backstop/files/{node}"),
        description="Folder of the sealed bytes of files, for all processes of the node.",
    )
    s3_url: str = Field(
        default="",
        pattern=r"^(https?://[^/]+)?$",
        description="Address of an S3-compatible server to keep them in instead; empty: folder.",
    )
    s3_bucket: str = Field(default="", description="The bucket, which must be there.")
    s3_region: str = Field(
        default="us-east-1", description="The region its requests are signed for."
    )
    s3_prefix: str = Field(
        default="{node}/", description="How the names of this node's objects begin."
    )
    s3_key_file: Path | None = Field(
        default=None, description="File with the access key and the secret key, a line each."
    )
    s3_ca_file: Path | None = Field(
        default=None, description="Certificates of an authority of this site that signed for it."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> "StoreSettings":
        if self.s3_url and not (self.s3_bucket and self.s3_key_file):
            raise ValueError("a bucket needs s3_url, s3_bucket and s3_key_file")
        return self

    def filled(self, node: str) -> "StoreSettings":
        """Return them with the node's code filled in."""
        told = {"folder": str(self.folder), "s3_prefix": self.s3_prefix}
        filled = {name: value.replace("{node}", node) for name, value in told.items()}
        return self.model_copy(update=filled | {"folder": Path(filled["folder"])})
