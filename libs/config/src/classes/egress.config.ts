import { IsString, Max, Min } from 'class-validator';
import { bytes } from '../parsers/bytes.parser.js';
import { hostOrNetwork } from '../parsers/network.parser.js';
import { listOf } from '../parsers/list.parser.js';
import { Variable } from '../variable.decorator.js';

const loopback = ['127.0.0.0/8', '::1', 'localhost'];

/** What workflows may call. Public addresses always, private ones only when they are listed here. */
export class EgressConfig {
  /** Private, loopback or link-local hosts and networks that http.request and integrations may reach. */
  @Variable('EGRESS_ALLOW', listOf(hostOrNetwork), { byEnvironment: { development: loopback, test: loopback } })
  @IsString({ each: true })
  allow: string[] = [];

  /** Largest answer that is read, in bytes. */
  @Variable('EGRESS_MAX_RESPONSE_BYTES', bytes)
  @Min(1_024)
  @Max(1_073_741_824)
  maxResponseBytes = 10_485_760;
}
