"""A bucket without room is a full disk, and not a store that is away."""

import errno

import pytest
from botocore.exceptions import ClientError

from dam.core.storage import s3


@pytest.mark.parametrize(("code", "status"), [("XMinioStorageFull", 507), ("QuotaExceeded", 403)])
def test_a_full_bucket_is_told_as_a_full_disk(code: str, status: int) -> None:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(OSError, match="No space left") as told, s3._translated("1/ab/abc.mp4"):
        raise ClientError(answer, "PutObject")
    assert told.value.errno == errno.ENOSPC
