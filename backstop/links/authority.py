"""A node's own link authority: the certificates of its broker and of the children that dial it.

EC P-256 throughout, which every Erlang and OpenSSL in use speaks. A server certificate cannot be
used by a client nor the other way round, and the authority vouches for no further authority.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared.security.sealing import sm3

CLOCKS_MAY_DIFFER = timedelta(hours=1)
"""A certificate holds from so long before it was made: the other host's clock may be behind."""
FINGERPRINT_CHARACTERS = 32
ORGANISATION = "Backstop"


class NotAccepted(Exception):
    """A certificate, key or request is not what it should be; the text says why."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    @classmethod
    def read(cls, pem: bytes) -> Self:
        """Read what `pem` wrote; NotAccepted if it is another thing."""
        key = read_key(pem)
        certificate = read_certificate(pem)
        if not is_for(certificate, key):
            raise NotAccepted("the key does not belong to the certificate")
        return cls(certificate, key)

    @property
    def pem(self) -> bytes:
        """Key and certificate in one file, so that both change in one moment."""
        return key_pem(self.key) + certificate_pem(self.certificate)


@dataclass(frozen=True, slots=True)
class Authority:
    """What a node vouches with."""

    pair: Pair

    @classmethod
    def create(cls, node: str, now: datetime, lasts: timedelta) -> Self:
        """Make the authority of a node."""
        key = new_key()
        name = _name(f"{node} link authority {now:%Y%m%d%H%M%S}")
        usage = _usage(key_cert_sign=True, crl_sign=True)
        builder = (
            _certificate(name, name, key.public_key(), now, lasts)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        )
        return cls(Pair(builder.sign(key, hashes.SHA256()), key))

    @classmethod
    def read(cls, pem: bytes) -> Self:
        """Read an authority from what `pem` wrote."""
        return cls(Pair.read(pem))

    @property
    def certificate(self) -> x509.Certificate:
        """The authority's own certificate: what others need to check the rest."""
        return self.pair.certificate

    @property
    def pem(self) -> bytes:
        """Key and certificate; the node's most precious secret of its links."""
        return self.pair.pem

    def server(self, names: Sequence[str], now: datetime, lasts: timedelta) -> Pair:
        """Make key and certificate of the node's broker under the names it is dialled by."""
        if not names:
            raise NotAccepted("a server has a name at least")
        key = new_key()
        told = x509.SubjectAlternativeName([_told(name) for name in names])
        leaf = self._leaf(names[0], key.public_key(), now, lasts)
        signed = self._sign(leaf.add_extension(told, critical=False), is_server=True)
        return Pair(signed, key)

    def client(self, account: str, now: datetime, lasts: timedelta) -> Pair:
        """Make key and certificate under which an account of this node's broker is dialled."""
        key = new_key()
        return Pair(self._sign(self._leaf(account, key.public_key(), now, lasts)), key)

    def vouch(
        self,
        request: x509.CertificateSigningRequest,
        account: str,
        now: datetime,
        lasts: timedelta,
    ) -> x509.Certificate:
        """Make the certificate of an account for a key that only its owner has.

        Of the request nothing but the key is taken: who it is for is said by the authority.
        """
        return self._sign(self._leaf(account, _key_in(request), now, lasts))

    def _leaf(
        self, name: str, key: ec.EllipticCurvePublicKey, now: datetime, lasts: timedelta
    ) -> x509.CertificateBuilder:
        # What outlives its authority would be refused by everybody anyway, without a warning.
        end = min(now + lasts, self.certificate.not_valid_after_utc)
        return _certificate(_name(name), self.certificate.subject, key, now, end - now)

    def _sign(
        self, builder: x509.CertificateBuilder, *, is_server: bool = False
    ) -> x509.Certificate:
        use = ExtendedKeyUsageOID.SERVER_AUTH if is_server else ExtendedKeyUsageOID.CLIENT_AUTH
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.pair.key.public_key())
        return (
            builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self.pair.key, hashes.SHA256())
        )


def new_key() -> ec.EllipticCurvePrivateKey:
    """Make a private key."""
    return ec.generate_private_key(ec.SECP256R1())


def request_for(key: ec.EllipticCurvePrivateKey, account: str) -> x509.CertificateSigningRequest:
    """Return the request with which a key asks for its certificate."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(account))
    return builder.sign(key, hashes.SHA256())


def read_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    """Read a private key; NotAccepted if it is none."""
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NotAccepted("this is no private key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NotAccepted("this is no key of an elliptic curve")
    return key


def read_certificate(pem: bytes) -> x509.Certificate:
    """Read the first certificate of a file; NotAccepted if there is none."""
    return read_certificates(pem)[0]


def read_certificates(pem: bytes) -> list[x509.Certificate]:
    """Read every certificate of a file; NotAccepted if there is none."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise NotAccepted("this is no certificate") from error


def read_request(pem: bytes) -> x509.CertificateSigningRequest:
    """Read a request; NotAccepted if it is none."""
    try:
        return x509.load_pem_x509_csr(pem)
    except ValueError as error:
        raise NotAccepted("this is no request for a certificate") from error


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate as its file holds it."""
    return certificate.public_bytes(Encoding.PEM)


def request_pem(request: x509.CertificateSigningRequest) -> bytes:
    """Return a request as it travels."""
    return request.public_bytes(Encoding.PEM)


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a private key as its file holds it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def account_in(certificate: x509.Certificate) -> str:
    """Return the account that a broker takes from a certificate: its common name."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def is_for(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> bool:
    """Tell whether a certificate is for this key; one for a key of no known kind is not."""
    try:
        return bool(certificate.public_key() == key.public_key())
    except (ValueError, UnsupportedAlgorithm):
        return False


def is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Tell whether this authority signed it; of the time of either it says nothing."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def renews_at(certificate: x509.Certificate) -> datetime:
    """Return when it is time for the next one: after two thirds of its life."""
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return begin + (end - begin) * 2 / 3


def fingerprint(blob: bytes) -> str:
    """Four groups to compare on the telephone, like those of a card."""
    digest = sm3(blob)[:FINGERPRINT_CHARACTERS]
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))


def _key_in(request: x509.CertificateSigningRequest) -> ec.EllipticCurvePublicKey:
    try:
        key, is_signed = request.public_key(), request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise NotAccepted("the request's key or signature is of no known kind") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not is_signed:
        raise NotAccepted("the request is not signed by its own key")
    if not isinstance(key.curve, ec.SECP256R1):
        raise NotAccepted("the request's key is not of curve P-256")
    return key


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_MAY_DIFFER)
        .not_valid_after(now + lasts)
    )


def _name(common: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION)
    return x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _told(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(**granted: bool) -> x509.KeyUsage:
    none = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(**{**none, **granted})
