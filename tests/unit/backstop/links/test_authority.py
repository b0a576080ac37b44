"""The certificates of a node's links: for whom, for what, until when."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from backstop.links.authority import (
    Authority,
    NotAccepted,
    Pair,
    account_in,
    certificate_pem,
    fingerprint,
    is_issued_by,
    key_pem,
    new_key,
    read_certificate,
    read_key,
    read_request,
    renews_at,
    request_for,
    request_pem,
)

NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
YEAR = timedelta(days=365)
TEN_YEARS = timedelta(days=3650)


@pytest.fixture(scope="module")
def city() -> Authority:
    return Authority.create("341500", NOW, TEN_YEARS)


def usages(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def as_server(
    certificate: x509.Certificate, authority: Authority, name: str, at: datetime
) -> None:
    store = Store([authority.certificate])
    verifier = PolicyBuilder().store(store).time(at).build_server_verifier(x509.DNSName(name))
    verifier.verify(certificate, [])


def test_a_server_is_believed_under_its_names_while_it_holds(city: Authority) -> None:
    pair = city.server(["links.example.gov.cn", "10.0.0.5", "::1"], NOW, YEAR)

    as_server(pair.certificate, city, "links.example.gov.cn", NOW + timedelta(days=364))
    told = pair.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(ip) for ip in told.get_values_for_type(x509.IPAddress)] == ["10.0.0.5", "::1"]
    with pytest.raises(VerificationError):
        as_server(pair.certificate, city, "elsewhere.example.gov.cn", NOW)
    with pytest.raises(VerificationError):
        as_server(pair.certificate, city, "links.example.gov.cn", NOW + timedelta(days=366))


def test_another_authority_is_not_believed(city: Authority) -> None:
    rogue = Authority.create("341500", NOW, TEN_YEARS)
    pair = rogue.server(["links.example.gov.cn"], NOW, YEAR)

    with pytest.raises(VerificationError):
        as_server(pair.certificate, city, "links.example.gov.cn", NOW)
    assert not is_issued_by(pair.certificate, city.certificate)
    assert is_issued_by(pair.certificate, rogue.certificate)


def test_what_serves_does_not_dial_and_what_dials_does_not_serve(city: Authority) -> None:
    server = city.server(["links.example.gov.cn"], NOW, YEAR).certificate
    client = city.client("node-341523", NOW, YEAR).certificate

    assert usages(server) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert usages(client) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert account_in(client) == "node-341523"


def test_the_authority_vouches_for_no_further_authority(city: Authority) -> None:
    limits = city.certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (limits.critical, limits.value.ca, limits.value.path_length) == (True, True, 0)
    leaf = city.client("node-341523", NOW, YEAR).certificate
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_request_gives_its_key_and_the_authority_says_for_whom(city: Authority) -> None:
    key = new_key()

    certificate = city.vouch(request_for(key, "node-340000"), "node-341523", NOW, YEAR)

    assert certificate.public_key() == key.public_key()
    assert account_in(certificate) == "node-341523"
    assert Pair(certificate, key).pem == key_pem(key) + certificate_pem(certificate)


def test_a_request_that_its_key_did_not_sign_is_not_accepted(city: Authority) -> None:
    der = bytearray(request_for(new_key(), "node-341523").public_bytes(Encoding.DER))
    der[-1] ^= 1

    with pytest.raises(NotAccepted):
        city.vouch(x509.load_der_x509_csr(bytes(der)), "node-341523", NOW, YEAR)


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
    ids=["another curve", "rsa"],
)
def test_a_key_of_another_kind_is_not_accepted(
    city: Authority, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "node-341523")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)

    with pytest.raises(NotAccepted):
        city.vouch(builder.sign(key, hashes.SHA256()), "node-341523", NOW, YEAR)


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        ("06082a8648ce3d030107", "06082a8648ce3d030163"),
        ("06082a8648ce3d040302", "06082a8648ce3d040363"),
    ],
    ids=["curve", "signature"],
)
def test_a_request_of_an_unknown_kind_is_not_accepted(
    city: Authority, known: str, unknown: str
) -> None:
    der = request_for(new_key(), "node-341523").public_bytes(Encoding.DER)
    strange = der.replace(bytes.fromhex(known), bytes.fromhex(unknown))

    with pytest.raises(NotAccepted):
        city.vouch(x509.load_der_x509_csr(strange), "node-341523", NOW, YEAR)


def test_nothing_outlives_its_authority() -> None:
    short = Authority.create("341500", NOW, timedelta(days=30))

    pair = short.client("node-341523", NOW, YEAR)

    assert pair.certificate.not_valid_after_utc == NOW + timedelta(days=30)


def test_serial_numbers_differ(city: Authority) -> None:
    pairs = [city.client("node-341523", NOW, YEAR) for _ in range(20)]

    assert len({pair.certificate.serial_number for pair in pairs}) == 20


def test_a_clock_that_is_an_hour_behind_believes_it_at_once(city: Authority) -> None:
    pair = city.server(["links.example.gov.cn"], NOW, YEAR)

    as_server(pair.certificate, city, "links.example.gov.cn", NOW - timedelta(minutes=59))


def test_it_is_time_for_the_next_one_after_two_thirds(city: Authority) -> None:
    certificate = city.client("node-341523", NOW, timedelta(days=300)).certificate

    assert timedelta(days=199) < renews_at(certificate) - NOW < timedelta(days=201)


def test_what_is_written_is_read_again_and_a_foreign_key_is_noticed(city: Authority) -> None:
    pair = city.client("node-341523", NOW, YEAR)

    assert Pair.read(pair.pem).certificate == pair.certificate
    assert Authority.read(city.pem).certificate == city.certificate
    with pytest.raises(NotAccepted, match="does not belong"):
        Pair.read(key_pem(new_key()) + certificate_pem(pair.certificate))


def test_what_is_another_thing_is_told() -> None:
    for read in (read_key, read_certificate, read_request):
        with pytest.raises(NotAccepted):
            read(b"hello")
    with pytest.raises(NotAccepted):
        read_request(request_pem(request_for(new_key(), "a")).replace(b"A", b"B"))


def test_secrets_do_not_show_in_logs(city: Authority) -> None:
    assert "key" not in repr(city).replace("public_key", "")


def test_a_fingerprint_is_four_groups() -> None:
    assert fingerprint(b"abc") == "66c7f0f4 62eeedd9 d1f2d46b dc10e4e2"
