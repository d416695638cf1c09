/** What a webhook's sender is told: the delivery is committed as a run. */
export class HookAcceptedDto {
  /** Of the run that this delivery started, or that an earlier delivery with the same id did. */
  run_id: string;
}

/** A delivery as the run sees it: its `input`. */
export interface HookInput {
  method: string;
  /** By lower-case name, without those that prove where the delivery comes from. */
  headers: Record<string, string | string[]>;
  query: Record<string, unknown>;
  /** JSON and forms as values, other text as text; null for an empty or a binary body. */
  body: unknown;
  /** The body's bytes when it is not text. */
  raw_base64?: string;
}
