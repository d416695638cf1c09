import {
  IsBoolean,
  IsObject,
  IsOptional,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import type { StepDefinition } from '../definition.js';
import { stepList } from './step-list-hint.js';
import { schemaHint } from '../json-schema/schema-hint.js';
import { container, type StepKind } from './step-kind.js';

const MAX_BRANCHES = 100;
const BRANCH_NAME = /^[a-z][a-z0-9_-]{0,63}$/;

@ValidatorConstraint({ name: 'branchNames' })
class BranchNames implements ValidatorConstraintInterface {
  validate(branches: unknown): boolean {
    if (typeof branches !== 'object' || branches === null) return false;
    const names = Object.keys(branches);
    return names.length > 0 && names.length <= MAX_BRANCHES && names.every((name) => BRANCH_NAME.test(name));
  }

  defaultMessage(): string {
    return `must hold 1 to ${MAX_BRANCHES} lists of steps, whose names start with a lower-case letter and hold a-z, 0-9, _ and -`;
  }
}

export class ParallelConfig {
  /** Lists of steps by name: at most 100. */
  @IsObject()
  @Validate(
    BranchNames,
    schemaHint({
      schema: {
        minProperties: 1,
        maxProperties: MAX_BRANCHES,
        propertyNames: { pattern: BRANCH_NAME.source },
        additionalProperties: stepList,
      },
    }),
  )
  branches: Record<string, StepDefinition[]>;

  /** Whether the first branch that fails cancels the others; otherwise all are joined before the step fails. */
  @IsOptional()
  @IsBoolean()
  fail_fast?: boolean = true;
}

export const parallelKind: StepKind<ParallelConfig> = {
  ...container,
  nesting: 'branches',
  description: 'Runs its branches at the same time; its output has the output of each branch by name.',
  config: ParallelConfig,
  examples: [
    {
      branches: {
        total: [{ id: 'sum', type: 'transform', config: { expression: '$sum(input.prices)' } }],
        most: [{ id: 'max', type: 'transform', config: { expression: '$max(input.prices)' } }],
      },
    },
  ],
  lists: ({ branches }) =>
    Object.entries(branches).map(([branch, steps]) => ({ branch, field: `branches.${branch}`, steps })),
  loop: ({ fail_fast }) => ({ failFast: fail_fast ?? true }),
};
