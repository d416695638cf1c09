import { describe, expect, it } from 'vitest';
import { bytes } from './bytes.parser.js';
import { choice } from './choice.parser.js';
import { duration } from './duration.parser.js';
import { encryptionKeys } from './encryption-keys.parser.js';
import { flag } from './flag.parser.js';
import { integer } from './integer.parser.js';
import { listOf } from './list.parser.js';
import { hostOrNetwork, network } from './network.parser.js';
import { origin } from './origin.parser.js';
import type { Parser } from './parser.js';
import { sslMode } from './ssl-mode.parser.js';
import { url } from './url.parser.js';

const key = Buffer.alloc(32, 7).toString('base64');
const colour = choice({ Red: 'red', Blue: 'blue' });

/** Parser, what it takes, and what that becomes. */
const taken: readonly [string, Parser<unknown>, string, unknown][] = [
  ['integer', integer, '42', 42],
  ['integer', integer, '-1', -1],
  ['flag', flag, 'TRUE', true],
  ['flag', flag, 'off', false],
  ['choice', colour, 'Blue', 'blue'],
  ['duration', duration(), '500ms', 500],
  ['duration', duration(), '15m', 900_000],
  ['duration', duration(), '7d', 604_800_000],
  ['duration in seconds', duration('s'), '30', 30_000],
  ['duration in seconds', duration('s'), '2h', 7_200_000],
  ['duration in milliseconds', duration('ms'), '6000', 6_000],
  ['bytes', bytes, '65536', 65_536],
  ['bytes', bytes, '1MiB', 1_048_576],
  ['list', listOf(integer), '1, 2,3', [1, 2, 3]],
  ['list', listOf(integer), '', []],
  ['network', network, '10.0.0.0/8', '10.0.0.0/8'],
  ['network', network, '::1', '::1'],
  ['host or network', hostOrNetwork, 'API.example.com', 'api.example.com'],
  ['host or network', hostOrNetwork, '*.internal', '*.internal'],
  ['host or network', hostOrNetwork, '127.0.0.1', '127.0.0.1'],
  ['origin', origin, 'https://app.example.com/', 'https://app.example.com'],
  ['origin', origin, 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['url', url('redis', 'rediss'), 'rediss://h:1', 'rediss://h:1'],
  ['TLS', sslMode, 'disable', false],
  ['TLS', sslMode, 'verify-full', { rejectUnauthorized: true }],
  ['keys', encryptionKeys, `a:${key}`, [{ id: 'a', key: Buffer.alloc(32, 7) }]],
];

const refused: readonly [string, Parser<unknown>, string][] = [
  ['integer', integer, '1.5'],
  ['integer', integer, '1e3'],
  ['integer', integer, ' 1'],
  ['integer', integer, '99999999999999999999'],
  ['flag', flag, 'maybe'],
  ['choice', colour, 'green'],
  ['duration without a unit', duration(), '15'],
  ['duration', duration('s'), '-1'],
  ['duration', duration('s'), '5 weeks'],
  ['bytes', bytes, '1MB'],
  ['list', listOf(integer), '1,x'],
  ['network', network, '10.0.0.0/33'],
  ['network', network, '10.0.0.0/8/8'],
  ['network', network, 'localhost'],
  ['host or network', hostOrNetwork, '10.0.0'],
  ['host or network', hostOrNetwork, 'http://x'],
  ['origin', origin, 'https://app.example.com/path'],
  ['origin', origin, 'ftp://x'],
  ['origin', origin, '*'],
  ['url', url('postgres'), 'mysql://h/d'],
  ['url', url('redis'), 'redis:h'],
  ['TLS', sslMode, 'prefer'],
  ['keys', encryptionKeys, 'a:short'],
  ['keys', encryptionKeys, `a:${key},a:${key}`],
];

describe('parsers', () => {
  it.each(taken)('%s: %o takes %s', (_name, parser, text, value) => {
    expect(parser.parse(text)).toEqual(value);
  });

  it.each(refused)('%s: %o refuses %s', (_name, parser, text) => {
    expect(parser.parse(text)).toBeUndefined();
  });

  it.each(taken)('%s: %o writes what it would read again (%s)', (_name, parser, _text, value) => {
    expect(parser.parse(parser.write(value))).toEqual(value);
  });
});
