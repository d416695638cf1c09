import { IsString } from 'class-validator';
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
}
