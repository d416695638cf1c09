import { isId, type FieldError } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';

const FIELD = 'config.on_failure.workflow_id';

/** $1 workflow, $2 account. */
const existsSql = 'SELECT FROM workflows WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL';

/** Looks after the workflow that `config.on_failure` names, which the language cannot know. */
@Injectable()
export class OnFailureCheck {
  constructor(private readonly pool: Pool) {}

  /**
   * What is wrong with the workflow that is named; nothing when none is.
   * @param id the workflow that is saved; null when it has none yet
   */
  async mistakesIn(userId: string, id: string | null, config: unknown): Promise<FieldError[]> {
    const named = String(member(member(config, 'on_failure'), 'workflow_id')).toLowerCase();
    // What is no id at all was said by the language already.
    if (!isId(named)) return [];
    if (named === id) {
      return [
        { field: FIELD, message: 'is this workflow itself: name another one, which a failure of this one cannot stop' },
      ];
    }
    const { rowCount } = await this.pool.query(existsSql, [named, userId]);
    return rowCount === 1 ? [] : [{ field: FIELD, message: 'is no workflow of yours: create it first' }];
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
