import type { Route } from './route-table.js';

/** Characters that stay encoded while a route is looked for (RFC 3986 §2.2): an encoded slash separates nothing. */
const reserved = new Set(['%23', '%24', '%26', '%2B', '%2C', '%2F', '%3A', '%3B', '%3D', '%3F', '%40']);

/** The route that a request is for, by rules written down here and not by the server's router; undefined for none. */
export function resolveRoute(routes: readonly Route[], method: string, url: string): Route | undefined {
  if (!isAddress(url)) return undefined;
  const sent = segmentsOf(url.split(/[?#]/, 1)[0] ?? '').map(decoded);
  const wanted = method === 'HEAD' ? 'GET' : method;
  const fitting = routes.filter((route) => route.method === wanted && fits(segmentsOf(route.path), sent));
  // A route that spells a segment out goes before one with a parameter there.
  return fitting.toSorted((one, other) => parametersOf(one) - parametersOf(other))[0];
}

/** Half a code, bytes that are no UTF-8 and U+0000 are refused before anybody looks for a route. */
function isAddress(url: string): boolean {
  try {
    return !decodeURIComponent(url).includes('\0');
  } catch {
    return false;
  }
}

function fits(pattern: readonly string[], sent: readonly string[]): boolean {
  if (pattern.length !== sent.length) return false;
  return pattern.every((segment, at) => segment.startsWith(':') || segment === sent[at]);
}

function parametersOf({ path }: Route): number {
  return segmentsOf(path).filter((segment) => segment.startsWith(':')).length;
}

function segmentsOf(path: string): string[] {
  return path.split('/');
}

function decoded(segment: string): string {
  return segment.replace(/%[0-9A-F]{2}/gi, (code) =>
    reserved.has(code.toUpperCase()) ? code : String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
}
