import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { randomBytes, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate with its private key, both PEM. */
export interface Certificate {
  certificatePem: string;
  privateKeyPem: string;
}

/** A certificate authority of one's own, whose key is nowhere but in this process. */
export interface CertificateAuthority {
  /** What a client must trust. */
  certificatePem: string;
  /** Makes the certificate of a server for the names and IP addresses given. */
  issue(names: readonly string[]): Promise<Certificate>;
}

const day = 24 * 60 * 60 * 1000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Makes a certificate authority that is good for ten years. */
export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  const notBefore = new Date(Date.now() - day);
  const notAfter = new Date(Date.now() + 3650 * day);
  const authorityKeys = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=kubernetes',
    notBefore,
    notAfter,
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  return {
    certificatePem: authority.toString('pem'),
    async issue(names) {
      const keys = await newKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: 'CN=kube-apiserver',
        issuer: authority.subject,
        notBefore,
        notAfter,
        publicKey: keys.publicKey,
        signingKey: authorityKeys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            [...new Set(names)].map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
          ),
          await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
        ],
      });
      const privateKey = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
      return {
        certificatePem: certificate.toString('pem'),
        privateKeyPem: x509.PemConverter.encode(privateKey, 'PRIVATE KEY'),
      };
    },
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** Positive, as certificates require. */
function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`;
}
