import type { IncomingHttpHeaders } from 'node:http';

/** A webhook as it arrived. */
export interface Delivery {
  method: string;
  headers: IncomingHttpHeaders;
  query: Record<string, unknown>;
  body: Buffer;
}

/** A header that occurs once; undefined when it is missing. */
export function headerOf({ headers }: Delivery, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}
