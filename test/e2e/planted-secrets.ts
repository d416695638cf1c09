import { randomBytes } from 'node:crypto';

/** Fewer characters than this could be anywhere by chance. */
const CORE = 20;

interface Planted {
  what: string;
  core: string;
}

/** Secrets that a test gives away, and looks for in places where none may be. */
export class PlantedSecrets {
  private readonly planted: Planted[] = [];

  /** A new secret, with characters besides that URLs, JSON and headers write in ways of their own. */
  make(what: string): string {
    const core = randomBytes(24).toString('base64').replaceAll(/[+/=]/g, 'x');
    this.planted.push({ what, core });
    return `Aa1"%/+&${core}=?`;
  }

  /** One that the platform made. It is looked for by its end: its beginning may be shown. */
  watch(what: string, secret: string): string {
    if (secret.length < CORE) throw new Error(`${what} is too short to be looked for`);
    this.planted.push({ what, core: secret.slice(-CORE) });
    return secret;
  }

  /** Which of them are in a text: as they are, in base64 behind whatever else, or as hexadecimal digits. */
  in(text: string): string[] {
    return this.planted.filter(({ core }) => formsOf(core).some((form) => text.includes(form))).map(({ what }) => what);
  }
}

function formsOf(core: string): string[] {
  const hex = Buffer.from(core).toString('hex');
  const forms = [0, 1, 2].map((before) => inBase64(core, before));
  return [core, hex, hex.toUpperCase(), ...forms, ...forms.map(inUrl)];
}

/** What base64 makes of it behind so many bytes, without the digits at both ends that others have a part in. */
function inBase64(core: string, before: number): string {
  const digits = Buffer.from(`${' '.repeat(before)}${core}`)
    .toString('base64')
    .replaceAll('=', '');
  return digits.slice(Math.ceil((before * 8) / 6), -1);
}

function inUrl(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}
