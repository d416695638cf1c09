/** What a definition may be and what a run of it may take. Each is a variable of the configuration (`BoundsConfig`). */
export interface Bounds {
  /** Steps of one workflow, all lists together. */
  maxSteps: number;
  /** Lists of steps inside one another. */
  maxNesting: number;
  /** Bytes of a definition as JSON. */
  maxDefinitionBytes: number;
  /** Items of one `foreach`. */
  maxItems: number;
  /** Iterations of one `repeat`. */
  maxIterations: number;
  /** Bytes of JSON of what a step makes: its output, or the input of a job, an event or a run. */
  maxValueBytes: number;
  /** Runs and events that have caused one another in a row. */
  maxCauses: number;
  /** Steps of one expression; for 20,000 it has 50 ms of CPU. */
  maxExpressionSteps: number;
}

/** The bounds where nobody has configured others. */
export const standardBounds: Bounds = {
  maxSteps: 1_000,
  maxNesting: 16,
  maxDefinitionBytes: 1_048_576,
  maxItems: 100_000,
  maxIterations: 10_000,
  maxValueBytes: 1_048_576,
  maxCauses: 32,
  maxExpressionSteps: 20_000,
};
