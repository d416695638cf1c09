import { isUtf8 } from 'node:buffer';
import { AppError, type HookInput } from '@app/contracts';
import { parseJsonBody } from '../../http/json-body.js';
import { whyNotStorable } from '../../http/validation/storable.js';

type Body = Pick<HookInput, 'body' | 'raw_base64'>;

/**
 * The body as a run sees it.
 * @throws AppError BAD_REQUEST when it is not what its Content-Type says, or cannot be stored
 */
export function deliveryBody(contentType: string | undefined, body: Buffer): Body {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (body.length === 0) return { body: null };
  if (/^application\/(.+\+)?json$/.test(mediaType)) return { body: parseJsonBody(body) };
  if (!isUtf8(body) || body.includes(0)) return { body: null, raw_base64: body.toString('base64') };
  if (mediaType === 'application/x-www-form-urlencoded') return { body: form(body.toString('utf8')) };
  if (isText(mediaType)) return { body: body.toString('utf8') };
  return { body: null, raw_base64: body.toString('base64') };
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || /^application\/(.+\+)?(xml|yaml)$/.test(mediaType);
}

/** A field that occurs several times is a list. */
function form(text: string): Record<string, string | string[]> {
  const fields = new URLSearchParams(text);
  const values = Object.fromEntries(
    [...new Set(fields.keys())].map((name) => {
      const all = fields.getAll(name);
      return [name, all.length === 1 ? (all[0] ?? '') : all];
    }),
  );
  const reason = whyNotStorable(values);
  if (reason !== undefined) throw new AppError({ code: 'BAD_REQUEST', kind: 'user', message: reason });
  return values;
}
