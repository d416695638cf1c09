/** An address that somebody tries in the hope that the guard reads it in another way than the router. */
export interface Mutation {
  what: string;
  url: string;
}

/** Other spellings of an address. Sent as they stand: no client may tidy them up first. */
export function mutationsOf(url: string): Mutation[] {
  const segments = url.split('/').slice(1);
  const last = segments.at(-1) ?? '';
  const head = `/${segments.slice(0, -1).join('/')}`.replace(/\/$/, '');
  const letter = (text: string): string => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`;
  const mutations = [
    { what: 'upper case', url: url.toUpperCase() },
    { what: 'one capital', url: `${head}/${last.charAt(0).toUpperCase()}${last.slice(1)}` },
    { what: 'double slash in front', url: `/${url}` },
    { what: 'double slash within', url: `${head}//${last}` },
    { what: 'trailing slash', url: `${url}/` },
    { what: 'two trailing slashes', url: `${url}//` },
    { what: 'dot segment in front', url: `/.${url}` },
    { what: 'dot segment within', url: `${head}/./${last}` },
    { what: 'trailing dot segment', url: `${url}/.` },
    { what: 'there and back', url: `${head}/x/../${last}` },
    { what: 'out of the docs', url: `/docs/..${url}` },
    { what: 'out of the docs, encoded', url: `/docs/%2e%2e${url}` },
    { what: 'out of the docs, encoded slashes', url: `/docs/..%2f${segments.join('%2f')}` },
    { what: 'out of a hook', url: `/hooks/..${url}` },
    { what: 'encoded slash', url: `${head}%2F${last}` },
    { what: 'encoded slash in lower case', url: `${head}%2f${last}` },
    { what: 'doubly encoded slash', url: `${head}%252F${last}` },
    { what: 'backslash', url: `${head}%5C${last}` },
    { what: 'encoded letter', url: `${head}/${letter(last)}` },
    { what: 'encoded letters', url: `/${segments.map(letter).join('/')}` },
    { what: 'doubly encoded letter', url: `${head}/%25${letter(last).slice(1)}` },
    { what: 'trailing letter', url: `${url}x` },
    { what: 'trailing dot', url: `${url}.` },
    { what: 'trailing space', url: `${url}%20` },
    { what: 'trailing tab', url: `${url}%09` },
    { what: 'trailing line break', url: `${url}%0d%0a` },
    { what: 'trailing null', url: `${url}%00` },
    { what: 'file type', url: `${url}.json` },
    { what: 'path parameter', url: `${url};x=1` },
    { what: 'empty query', url: `${url}?` },
    { what: 'fragment', url: `${url}#x` },
    { what: 'half a code', url: `${url}%` },
    { what: 'overlong slash', url: `${head}%c0%af${last}` },
  ];
  return mutations.filter((mutation) => mutation.url !== url);
}

/** Headers by which some frameworks let a request claim another method than it has. */
export function overridesOf(method: string): Record<string, string> {
  return { 'x-http-method-override': method, 'x-http-method': method, 'x-method-override': method };
}
