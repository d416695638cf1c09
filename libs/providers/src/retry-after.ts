/** The one form of a date that is still sent (RFC 9110 §5.6.7). */
const DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Headers of an answer, by their names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/**
 * How long the Retry-After of an answer asks to wait (RFC 9110 §10.2.3: seconds or a date), in ms, however long that is;
 * undefined when it says nothing that can be understood.
 * @param nowMs ms since 1970
 */
export function retryAfterMs(headers: AnswerHeaders, nowMs: number): number | undefined {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = httpDate(text);
  return date === undefined ? undefined : Math.max(date - timeOf(headers, nowMs), 0);
}

/**
 * What time it was for whoever sent an answer, in ms since 1970: a time that it names is one by its own clock.
 * @param nowMs ms since 1970, for an answer that does not say
 */
export function timeOf(headers: AnswerHeaders, nowMs: number): number {
  return httpDate(headers['date']?.trim() ?? '') ?? nowMs;
}

function httpDate(text: string): number | undefined {
  const ms = DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
