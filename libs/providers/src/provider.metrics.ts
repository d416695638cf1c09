import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';

/** What operators see of providers that ask for fewer calls. */
@Injectable()
export class ProviderMetrics {
  /** Answers that made the pause of an account longer, or began it. */
  readonly pauses: Counter;
  /** Times that a call did not leave because its account was paused; a call that waits twice counts twice. */
  readonly waits: Counter;
  /** Accounts that this process does not call at the moment. */
  readonly paused: Gauge;
  /** Times that a call did not leave because the limit of its integration was used up. */
  readonly limited: Counter;
  /** Whether this process counts calls by itself. */
  readonly apart: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.pauses = new Counter({
      name: 'provider_pauses_total',
      help: 'Answers of providers that asked for no more calls of an account for a while.',
      registers,
    });
    this.waits = new Counter({
      name: 'provider_waits_total',
      help: 'Calls that waited because their provider had asked for it.',
      registers,
    });
    this.paused = new Gauge({
      name: 'provider_paused_accounts',
      help: 'Accounts that this process does not call because their providers asked for it, as of its last look.',
      registers,
    });
    this.limited = new Counter({
      name: 'provider_limited_total',
      help: 'Calls that waited because the limit of their integration was used up.',
      registers,
    });
    this.apart = new Gauge({
      name: 'provider_limits_apart',
      help: '1 while each replica counts the calls of integrations by itself, because one of them does not reach Redis.',
      registers,
    });
  }
}
