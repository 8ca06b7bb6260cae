"""Which host a call goes to: by region, by network, or by a flag; and which hosts may see an access key.

Names by region: api.md 3.5. Foreign hosts: credentials.md, "What must not leak".
"""

from __future__ import annotations

import re

from icetui.call import Product
from icetui.errors import Misuse
from icetui.records import record

ICE_REGIONS = (
    "cn-shanghai",
    "cn-beijing",
    "cn-hangzhou",
    "cn-shenzhen",
    "ap-southeast-1",
    "us-west-1",
)
"""Regions in which ICE has an official host."""

VOD_REGIONS = (
    "cn-shanghai",
    "cn-beijing",
    "cn-shenzhen",
    "ap-southeast-1",
    "us-west-1",
    "cn-hongkong",
    "ap-northeast-1",
    "ap-southeast-5",
    "eu-central-1",
    "me-central-1",
    "cn-north-2-gov-1",
)
"""Regions in which VOD has an official host."""

VOD_ELSEWHERE = {"cn-hangzhou": "cn-shanghai"}
"""Regions whose VOD the SDK asks in another one."""

NETWORKS = ("public", "vpc")

_REGION = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,16}){1,5}")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_URL = re.compile(r"(?P<scheme>[a-z]+)://(?P<host>\[[0-9a-f:.]+\]|[^/:\[\]]+)(:(?P<port>[0-9]{1,5}))?/?")
_STANDARD_PORT = {"http": 80, "https": 443}


@record
class Endpoints:
    """Where each product is asked: base URLs of scheme, host and port, without a path.

    Attributes:
        ice: for example ``https://ice.cn-shanghai.aliyuncs.com``.
        vod: for example ``https://vod.cn-shanghai.aliyuncs.com``.
        sts: for example ``https://sts.cn-shanghai.aliyuncs.com``; "" under custom endpoints.
    """

    ice: str
    vod: str
    sts: str = ""

    def of(self, product: Product) -> str:
        """The base URL of a product; "" where it is not to be asked."""
        return {"ice": self.ice, "vod": self.vod, "sts": self.sts}[product]

    @property
    def foreign(self) -> tuple[str, ...]:
        """Hosts that are neither Alibaba Cloud's nor this machine: a banner names them."""
        hosts = dict.fromkeys(host_of(url) for url in (self.ice, self.vod, self.sts) if url)
        return tuple(host for host in hosts if not (_is_cloud(host) or is_loopback(host)))

    @property
    def is_custom(self) -> bool:
        """Whether a flag set any of them; STS is not asked then (contracts.md, "Screens")."""
        return not self.sts


def endpoints(
    region: str,
    *,
    network: str = "public",
    ice: str | None = None,
    vod: str | None = None,
    allow_custom: bool = False,
) -> Endpoints:
    """The endpoints of a region, or those of ``--ice-endpoint`` and ``--vod-endpoint``.

    Args:
        region: for example ``cn-shanghai``; one that is not in the tables gets a name built by the same rule.
        network: ``public``, or ``vpc`` for hosts that only a VPC of the region reaches.
        ice: URL instead of the region's ICE host, or None.
        vod: URL instead of the region's VOD host, or None.
        allow_custom: what the profile says under ``allow_custom_endpoint``.

    Raises:
        Misuse: no region name, no network name, or a URL that must not see an access key.
    """
    if not _REGION.fullmatch(region):
        # A region becomes a part of a host name: "x.evil.com/" must not.
        raise Misuse(f"{region[:40]!r} is not a region", hint="A region looks like cn-shanghai")
    if network not in NETWORKS:
        raise Misuse(f"network = {network[:40]!r} is not known", hint='It is "public" or "vpc"')
    infix = "-vpc" if network == "vpc" else ""
    default = f"https://%s{infix}.%s.aliyuncs.com"
    return Endpoints(
        ice=default % ("ice", region) if ice is None else checked(ice, "--ice-endpoint", allow_custom),
        vod=default % ("vod", VOD_ELSEWHERE.get(region, region))
        if vod is None
        else checked(vod, "--vod-endpoint", allow_custom),
        sts=default % ("sts", region) if ice is None and vod is None else "",
    )


def checked(url: str, flag: str, allow_custom: bool = False) -> str:
    """A URL that may see an access key, in its plainest form: lower case, no path, no standard port.

    https to ``*.aliyuncs.com``, http or https to this machine, https to another host where the profile
    allows it.

    Args:
        url: what the person gave; never repeated whole in an error, it may hold a password.
        flag: where it was given, for the message.
        allow_custom: whether hosts of others are allowed.

    Raises:
        Misuse: any other URL, and any with a user name, path, query or fragment.
    """
    try:
        scheme, host, port = _split(url)
    except ValueError as error:
        raise Misuse(
            f"{flag}: {error}", hint=f"{flag} takes a URL like https://ice.cn-shanghai.aliyuncs.com"
        ) from None
    if scheme == "http" and not is_loopback(host):
        raise Misuse(f"{flag}: plain http is for this machine only, not for {host}", hint="Use https")
    if not (allow_custom or _is_cloud(host) or is_loopback(host)):
        raise Misuse(
            f"{flag}: {host} is not a host of Alibaba Cloud, and it would see your signed requests",
            hint="If you trust it, set allow_custom_endpoint = true in the profile",
        )
    return f"{scheme}://{host}" + ("" if port == _STANDARD_PORT[scheme] else f":{port}")


def host_of(url: str) -> str:
    """The host name of a base URL made here."""
    return _split(url)[1]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its form: ``localhost``, 127.0.0.0/8, ``[::1]``; no lookup."""
    from ipaddress import IPv4Address, IPv6Address  # only flags and loopback gateways need it

    if host == "localhost":
        return True
    try:
        if host.startswith("["):
            return IPv6Address(host.strip("[]")) == IPv6Address("::1")
        return IPv4Address(host).is_loopback
    except ValueError:
        return False


def is_official(product: Product, region: str) -> bool:
    """Whether a product is documented to have a host in a region."""
    if product == "ice":
        return region in ICE_REGIONS
    return product == "sts" or VOD_ELSEWHERE.get(region, region) in VOD_REGIONS


def _is_cloud(host: str) -> bool:
    return host.endswith(".aliyuncs.com")


def _split(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL that has nothing else; refuses what two readers could read differently.

    Raises:
        ValueError: with words for a person that do not repeat the URL.
    """
    if not all("!" <= character <= "~" for character in url) or "\\" in url:
        raise ValueError("the URL holds blanks, backslashes or characters outside ASCII")
    if "@" in url:
        raise ValueError("the URL holds a user name")
    if "?" in url or "#" in url:
        raise ValueError("the URL holds a query or a fragment")
    found = _URL.fullmatch(url.lower())
    if not found or found["scheme"] not in _STANDARD_PORT:
        raise ValueError("the URL is not http(s)://HOST[:PORT] without a path")
    host, port = found["host"], int(found["port"] or _STANDARD_PORT[found["scheme"]])
    if not 0 < port < 65536:
        raise ValueError("the port is not between 1 and 65535")
    if host.startswith("["):
        if not is_loopback(host):
            raise ValueError("an IPv6 address other than [::1] cannot be used")
        host = "[::1]"
    elif len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise ValueError("the host name is not one")
    elif host.rpartition(".")[2].isdigit() and not _is_ipv4(host):
        # "127.1" and "2130706433" are addresses to some resolvers and names to others.
        raise ValueError("the host is a number but not an IPv4 address of four parts")
    return found["scheme"], host, port


def _is_ipv4(host: str) -> bool:
    from ipaddress import IPv4Address

    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True
