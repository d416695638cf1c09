import { Max, Min } from 'class-validator';
import { bytes } from '../parsers/bytes.parser.js';
import { integer } from '../parsers/integer.parser.js';
import { Variable } from '../variable.decorator.js';

/**
 * What a workflow may be and what a run of it may take. Read by the gateway, which refuses definitions, and by the workflow
 * service, which fails steps: give both the same values.
 */
export class BoundsConfig {
  /** Most steps of a workflow, all lists together. */
  @Variable('WORKFLOW_MAX_STEPS', integer)
  @Min(1)
  @Max(10_000)
  maxSteps = 1_000;

  /** Most lists of steps inside one another. */
  @Variable('WORKFLOW_MAX_NESTING', integer)
  @Min(1)
  @Max(32)
  maxNesting = 16;

  /** Largest definition, in bytes of JSON; a request is bounded by SERVER_BODY_LIMIT besides. */
  @Variable('WORKFLOW_MAX_DEFINITION_BYTES', bytes)
  @Min(1_024)
  @Max(16_777_216)
  maxDefinitionBytes = 1_048_576;

  /** Most items of one foreach. */
  @Variable('WORKFLOW_MAX_ITEMS', integer)
  @Min(1)
  @Max(1_000_000)
  maxItems = 100_000;

  /** Most iterations of one repeat. */
  @Variable('WORKFLOW_MAX_ITERATIONS', integer)
  @Min(1)
  @Max(100_000)
  maxIterations = 10_000;

  /** Largest output of a step, and input of a job, event or run that it asks for, in bytes of JSON. */
  @Variable('WORKFLOW_MAX_VALUE_BYTES', bytes)
  @Min(1_024)
  @Max(16_777_216)
  maxValueBytes = 1_048_576;

  /** Most runs and events that cause one another in a row; beyond it a step fails with LOOP_DETECTED. */
  @Variable('WORKFLOW_MAX_CAUSES', integer)
  @Min(1)
  @Max(1_000)
  maxCauses = 32;

  /** Most steps of one expression, which has 50 ms of CPU for 20,000. */
  @Variable('EXPRESSION_MAX_STEPS', integer)
  @Min(1_000)
  @Max(1_000_000)
  maxExpressionSteps = 20_000;
}
