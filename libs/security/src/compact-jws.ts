/** Longer than any token of ours: what is longer is not even decoded. */
const MOST_CHARACTERS = 4_096;

/** The only members a header may have. Above all none that brings or names a key from elsewhere, nor `crit` or `b64`. */
const HEADER_MEMBERS: ReadonlySet<string> = new Set(['alg', 'kid', 'typ']);

/** A header as we accept it; whether algorithm and key are ours is not known yet. */
interface JwsHeader {
  alg: string;
  kid: string;
  typ: string | undefined;
}

/**
 * The header of a JSON Web Signature in compact form (RFC 7515 §7.1), or undefined when the text is none or its header
 * has what we do not take. Stricter than the library that verifies the signature: each part is the one canonical
 * base64url spelling of its bytes, so that there is one text for one token.
 */
export function readHeader(token: string): JwsHeader | undefined {
  if (token.length > MOST_CHARACTERS) return undefined;
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) return undefined;
  const header = parsed(Buffer.from(parts[0] ?? '', 'base64url').toString());
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return undefined;
  if (!Object.keys(header).every((name) => HEADER_MEMBERS.has(name))) return undefined;
  const { alg, kid, typ } = header as Record<string, unknown>;
  if (typeof alg !== 'string' || typeof kid !== 'string') return undefined;
  return typ === undefined || typeof typ === 'string' ? { alg, kid, typ } : undefined;
}

/** Node.js decodes whatever it is given: other alphabets, blanks, padding, bits that are left over. */
function isCanonical(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
