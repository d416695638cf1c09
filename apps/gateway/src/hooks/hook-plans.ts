import { BoundsConfig, HttpConfig } from '@app/config';
import { Injectable } from '@nestjs/common';
import { hookPlan, type HookPlan } from './hook-plan.js';

const MOST_PLANS = 1_000;

/** Compiled triggers by version. A version never changes, so an entry is right for as long as it is kept. */
@Injectable()
export class HookPlans {
  private readonly plans = new Map<string, HookPlan>();

  constructor(
    private readonly http: HttpConfig,
    private readonly bounds: BoundsConfig,
  ) {}

  of(workflowId: string, version: number, config: object): HookPlan {
    const key = `${workflowId}@${version}`;
    const known = this.plans.get(key);
    if (known !== undefined) return known;
    const plan = hookPlan(config, { maxWaitMs: this.http.hookWaitMs, maxSteps: this.bounds.maxExpressionSteps });
    for (const oldest of this.plans.keys()) {
      if (this.plans.size < MOST_PLANS) break;
      this.plans.delete(oldest);
    }
    this.plans.set(key, plan);
    return plan;
  }
}
