import { IsString, Max, Min, MinLength } from 'class-validator';
import { bytes } from '../parsers/bytes.parser.js';
import { duration } from '../parsers/duration.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { listOf } from '../parsers/list.parser.js';
import { network } from '../parsers/network.parser.js';
import { origin } from '../parsers/origin.parser.js';
import { text } from '../parsers/text.parser.js';
import { Variable } from '../variable.decorator.js';

/** The API's HTTP server. */
export class HttpConfig {
  /** Address that the API, the health server and the metrics server listen on. */
  @Variable('SERVER_HOST', text, { byEnvironment: { staging: '0.0.0.0', production: '0.0.0.0' } })
  @IsString()
  @MinLength(1)
  host = '127.0.0.1';

  /** Port of the API. 0 takes a free one. */
  @Variable('SERVER_PORT', integer)
  @Min(0)
  @Max(65_535)
  port = 8080;

  /** Longest time to receive a whole request, in seconds. */
  @Variable('SERVER_READ_TIMEOUT', duration('s'))
  @Min(100)
  readTimeoutMs = 30_000;

  /** Longest time from a whole request to its whole answer, in seconds. */
  @Variable('SERVER_WRITE_TIMEOUT', duration('s'))
  @Min(100)
  writeTimeoutMs = 30_000;

  /** How long a connection may stay open between two requests, in seconds. */
  @Variable('SERVER_IDLE_TIMEOUT', duration('s'))
  @Min(100)
  idleTimeoutMs = 120_000;

  /** Largest request body, in bytes. */
  @Variable('SERVER_BODY_LIMIT', bytes)
  @Min(1_024)
  @Max(104_857_600)
  bodyLimitBytes = 1_048_576;

  /** Longest time that the sender of a webhook waits for the run's output, in milliseconds. */
  @Variable('WEBHOOK_WAIT_MS', duration('ms'))
  @Min(100)
  @Max(30_000)
  hookWaitMs = 30_000;

  /** Origins whose pages may call the API (CORS). None: the API is closed to browsers of other origins. */
  @Variable('CORS_ORIGINS', listOf(origin))
  corsOrigins: string[] = [];

  /** Networks of the proxies whose X-Forwarded-For is believed. None: the peer's address is the client's. */
  @Variable('TRUST_PROXY', listOf(network))
  trustProxy: string[] = [];

  /** Origin under which clients reach the API, for the links and hook addresses it hands out. Default: SERVER_HOST and SERVER_PORT. */
  @Variable('PUBLIC_URL', origin)
  givenPublicUrl?: string;

  /** PUBLIC_URL, or the local address when none was given. */
  get publicUrl(): string {
    return this.givenPublicUrl ?? `http://${this.host === '0.0.0.0' ? 'localhost' : this.host}:${this.port}`;
  }
}
