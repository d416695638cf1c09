import { MOST_EXPRESSION } from '@app/contracts';
import { ArrayMinSize, IsArray, IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import type { StepDefinition } from '../definition.js';
import { stepListHint } from './step-list-hint.js';
import { container, type StepKind } from './step-kind.js';

const DAY_MS = 86_400_000;

export class RepeatConfig {
  /** Run in each iteration. They read its number as `index` and the output of the one before as `previous`. */
  @IsArray(stepListHint)
  @ArrayMinSize(1)
  steps: StepDefinition[];

  /** An expression over the iteration's steps: the loop ends with the iteration in which it is true. */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(MOST_EXPRESSION)
  until?: string;

  /**
   * Most iterations. Without `until` it is their number; with it, the step fails when they are used up. At most 10,000, or
   * what WORKFLOW_MAX_ITERATIONS says.
   */
  @IsInt()
  @Min(1)
  @Max(100_000)
  max_iterations: number;

  /** Pause between two iterations, in milliseconds. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(30 * DAY_MS)
  delay_ms?: number = 0;
}

export const repeatKind: StepKind<RepeatConfig> = {
  ...container,
  nesting: 'iterations',
  description: 'Runs its steps again and again until an expression is true; its output is that of the last iteration.',
  config: RepeatConfig,
  examples: [
    {
      until: 'steps.look.output.body.state = "done"',
      max_iterations: 60,
      delay_ms: 5_000,
      steps: [
        {
          id: 'look',
          type: 'http.request',
          config: { method: 'GET', url: 'https://api.example.com/jobs/{{ input.job }}' },
        },
      ],
    },
  ],
  bareExpressions: ({ until }) => (until === undefined ? [] : [{ field: 'until', text: until, inside: true }]),
  lists: ({ steps }) => [{ branch: 'steps', field: 'steps', steps }],
  loop: ({ max_iterations, delay_ms }) => ({ maxIterations: max_iterations, delayMs: delay_ms ?? 0 }),
};
