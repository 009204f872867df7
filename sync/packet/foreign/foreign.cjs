// Packets as somebody else reads and writes them, from docs/sync-contract.md alone: the cryptography is sm-crypto-v2's, DER is asn1js's.
// Verbs: open, seal. Order and answer are JSON with hex, by standard input and output.
'use strict'
const zlib = require('zlib')
const { fromBER, Sequence, Set, ObjectIdentifier, Integer, OctetString, Constructed, Primitive, Null } = require('asn1js')
const { sm2, sm3, sm4 } = require('sm-crypto-v2')

const oid = {
  data: '1.2.156.10197.6.1.4.2.1', signed: '1.2.156.10197.6.1.4.2.2', enveloped: '1.2.156.10197.6.1.4.2.3',
  cbc: '1.2.156.10197.1.104.2', sm3: '1.2.156.10197.1.401', sign: '1.2.156.10197.1.301.1', encrypt: '1.2.156.10197.1.301.3',
}
const must = (ok, what) => { if (!ok) throw new Error(what) }
const bytes = text => Uint8Array.from(Buffer.from(text, 'hex'))
const hex = data => Buffer.from(data).toString('hex')
const parse = data => {
  const { offset, result } = fromBER(Uint8Array.from(data).buffer)
  must(offset === data.length, 'not one DER element')
  return result
}
const list = element => element.valueBlock.value
const name = element => element.valueBlock.toString()
const octets = element => new Uint8Array(element.valueBlock.valueHexView)
const raw = element => new Uint8Array(element.toBER())
const same = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0

// certificate gives what is needed of an X.509 certificate.
function certificate(der) {
  const [tbs, , signature] = list(parse(der))
  const fields = list(tbs) // [0] version, serial, algorithm, issuer, validity, subject, key
  return {
    der, tbs: raw(tbs), signature: hex(octets(signature)), serial: raw(fields[1]), issuer: raw(fields[3]),
    key: hex(octets(list(fields[6])[1])), // 04 | x | y
  }
}
const verify = (content, signature, key) => sm2.doVerifySignature(content, signature, key, { hash: true, der: true })

function unwrap(content, type) {
  const [kind, body] = list(parse(content))
  must(name(kind) === type, 'content type ' + name(kind))
  return list(body)[0]
}

// decrypt opens EnvelopedData for the owner of a certificate.
function decrypt(der, own, privateKey) {
  const [version, recipients, content] = list(unwrap(der, oid.enveloped))
  must(version.valueBlock.valueDec === 1, 'version of EnvelopedData')
  const [, whose, how, wrapped] = list(list(recipients)[0])
  must(same(raw(list(whose)[0]), own.issuer) && same(raw(list(whose)[1]), own.serial), 'sealed to somebody else')
  must(name(list(how)[0]) === oid.encrypt, 'how the key is wrapped')
  const key = sm2.doDecrypt(hex(octets(wrapped)), privateKey, 1, { asn1: true, output: 'array' })
  must(key.length === 16, 'length of the key')
  const [type, cipher, sealed] = list(content)
  must(name(type) === oid.data && name(list(cipher)[0]) === oid.cbc, 'kind of the content')
  return sm4.decrypt(octets(sealed), key, { mode: 'cbc', iv: octets(list(cipher)[1]), padding: 'pkcs#7', output: 'array' })
}

// signedBy checks SignedData and that root issued its signer's certificate, and gives both.
function signedBy(der, root) {
  const parts = list(unwrap(der, oid.signed))
  must(parts[0].valueBlock.valueDec === 1, 'version of SignedData')
  must(name(list(list(parts[1])[0])[0]) === oid.sm3, 'digest')
  const content = octets(list(list(parts[2])[1])[0])
  const signer = certificate(raw(list(parts[3])[0]))
  const [, whose, , , signature] = list(list(parts[parts.length - 1])[0])
  must(same(raw(list(whose)[1]), signer.serial), 'another signer')
  must(verify(signer.tbs, signer.signature, root.key), "the signer's certificate is not the root's")
  must(verify(content, hex(octets(signature)), signer.key), 'the signature does not fit')
  return { content, signer }
}

// attachment opens a sealed attachment: SM4-GCM by segments.
function attachment(sealed, key) {
  must(Buffer.from(sealed.subarray(0, 4)).toString() === 'BMA1', 'not an attachment')
  const head = sealed.subarray(0, 15)
  const step = Buffer.from(head).readUInt32BE(4) + 16
  const out = []
  for (let at = 15, n = 0; at < sealed.length || n === 0; at += step, n++) {
    const segment = sealed.subarray(at, at + step)
    const nonce = Buffer.alloc(12)
    Buffer.from(head.subarray(8)).copy(nonce)
    nonce.writeUInt32BE(n, 7)
    nonce[11] = at + step >= sealed.length ? 1 : 0
    out.push(sm4.decrypt(segment.subarray(0, -16), key, {
      mode: 'gcm', iv: new Uint8Array(nonce), associatedData: head, tag: segment.subarray(-16), output: 'array',
    }))
  }
  return Buffer.concat(out)
}

function open(order) {
  const wire = bytes(order.packet)
  const view = Buffer.from(wire)
  must(view.toString('latin1', 0, 4) === 'BMP1', 'not a packet')
  const [h, m] = [view.readUInt32BE(4), view.readUInt32BE(8)]
  const header = JSON.parse(view.toString('utf8', 12, 12 + h))
  const own = certificate(bytes(order.certificate))
  const { content, signer } = signedBy(decrypt(wire.subarray(12 + h, 12 + h + m), own, order.key), certificate(bytes(order.root)))
  must(header.compression === 'zlib', 'compression ' + header.compression)
  const manifest = JSON.parse(zlib.inflateSync(content, { dictionary: bytes(order.dictionary) }))
  let at = 12 + h + m
  const attachments = manifest.attachments.map(a => {
    const sealed = wire.subarray(at, at += a.length)
    must(sm3(sealed) === a.digest, "the attachment's digest")
    return hex(attachment(sealed, Uint8Array.from(Buffer.from(a.key, 'base64'))))
  })
  must(at === wire.length, 'bytes behind the packet')
  return { packet: header.packet, digest: sm3(wire.subarray(0, 12 + h + m)), signer: hex(signer.der), event: manifest.event, eventDigest: manifest.eventDigest, attachments }
}

const algorithm = (type, ...parameters) => new Sequence({ value: [new ObjectIdentifier({ value: type }), ...parameters] })
const explicit = (...value) => new Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value })
const wrap = (type, body) => new Sequence({ value: [new ObjectIdentifier({ value: type }), explicit(body)] })
const whose = c => new Sequence({ value: [parse(c.issuer), parse(c.serial)] })
const octet = data => new OctetString({ valueHex: Uint8Array.from(data).buffer })

// seal signs content and seals it, as SealCMS does.
function seal(order) {
  const [content, signer, to] = [bytes(order.content), certificate(bytes(order.signer)), certificate(bytes(order.to))]
  const signature = sm2.doSignature(content, order.key, { hash: true, der: true, publicKey: signer.key })
  const signed = raw(wrap(oid.signed, new Sequence({ value: [
    new Integer({ value: 1 }), new Set({ value: [algorithm(oid.sm3, new Null())] }), wrap(oid.data, octet(content)), explicit(parse(signer.der)),
    new Set({ value: [new Sequence({ value: [
      new Integer({ value: 1 }), whose(signer), algorithm(oid.sm3, new Null()), algorithm(oid.sign, new Null()), octet(bytes(signature)),
    ] })] }),
  ] })))
  const [key, iv] = [Uint8Array.from(require('crypto').randomBytes(16)), Uint8Array.from(require('crypto').randomBytes(16))]
  const cipher = sm4.encrypt(signed, key, { mode: 'cbc', iv, padding: 'pkcs#7', output: 'array' })
  const wrapped = bytes(sm2.doEncrypt(key, to.key, 1, { asn1: true }))
  return { sealed: hex(raw(wrap(oid.enveloped, new Sequence({ value: [
    new Integer({ value: 1 }),
    new Set({ value: [new Sequence({ value: [new Integer({ value: 1 }), whose(to), algorithm(oid.encrypt, new Null()), octet(wrapped)] })] }),
    new Sequence({ value: [
      new ObjectIdentifier({ value: oid.data }), algorithm(oid.cbc, octet(iv)),
      new Primitive({ idBlock: { tagClass: 3, tagNumber: 0 }, valueHex: Uint8Array.from(cipher).buffer }),
    ] }),
  ] })))) }
}

const verb = { open, seal }[process.argv[2]]
process.stdout.write(JSON.stringify(verb(JSON.parse(require('fs').readFileSync(0, 'utf8')))))
