import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/** What became of events. */
@Injectable()
export class EventMetrics {
  readonly dispatched: Counter;
  readonly runs: Counter;
  readonly woken: Counter;
  readonly deliveries: Counter;
  readonly filterErrors: Counter;
  readonly loops: Counter;
  readonly postponed: Counter;

  constructor(registry: Registry) {
    const counter = (name: string, help: string): Counter => new Counter({ name, help, registers: [registry] });
    this.dispatched = counter('events_dispatched_total', 'Events that were looked at.');
    this.runs = counter('event_runs_total', 'Runs that events started.');
    this.woken = counter('event_wakes_total', 'Runs that waited for an event and got it.');
    this.deliveries = counter('event_deliveries_total', 'Deliveries to subscriptions that were promised.');
    this.filterErrors = counter('event_filter_errors_total', 'Filters that could not be evaluated: no match.');
    this.loops = counter('event_loops_total', 'Events at the end of too long a chain, which started nothing.');
    this.postponed = counter('events_postponed_total', 'Events whose dispatch failed and is tried again.');
  }
}
