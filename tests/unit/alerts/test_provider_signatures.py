"""Signatures of cloud providers against the examples that they have published."""

from datetime import UTC, datetime

from carecircle_alerts.notify.signing.aliyun import AliyunKey
from carecircle_alerts.notify.signing.tencent import TencentKey


def test_aliyuns_example() -> None:
    parameters = {
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    }
    _query, headers = AliyunKey("YourAccessKeyId", "YourAccessKeySecret").sign(
        "ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26", parameters,
        nonce="3156853299f313e23d1673dc12e1703d", at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
    )  # fmt: skip
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tencents_example() -> None:
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    key = TencentKey("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")
    headers = key.sign("cvm.tencentcloudapi.com", "cvm", body, datetime.fromtimestamp(1551113065, UTC))
    assert headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )
