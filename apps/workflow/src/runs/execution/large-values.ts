import { BlobQuotaError, sha256Of, type RunValues, type ValueOwner } from '@app/blobs';
import type { BlobReference } from '@app/contracts';
import { StepFailure, type ChildRequest } from '../../steps/steps.service.js';

/** Where large values are kept; RunValues is the real one. */
export type ValueStore = Pick<RunValues, 'isLarge' | 'keep' | 'read'>;

/**
 * The large values of one run. Each is kept once, however often the run comes to it: what a switch, the last step and the
 * run itself come to is often the same.
 */
export class LargeValues {
  private readonly known = new Map<string, BlobReference>();

  constructor(
    private readonly store: ValueStore,
    private readonly owner: ValueOwner,
  ) {}

  /** Whether a value belongs into blob storage. @param json its JSON */
  isLarge(json: string): boolean {
    return this.store.isLarge(json);
  }

  /** The run refers to this value already. */
  know(reference: BlobReference): void {
    this.known.set(reference.sha256, reference);
  }

  /**
   * Keeps a large value of the run; durable when it resolves, so that what refers to it may be committed.
   * @returns undefined when it has to stay in the row
   * @throws StepFailure BLOB_QUOTA_EXCEEDED
   */
  async keep(json: string): Promise<BlobReference | undefined> {
    const known = this.known.get(sha256Of(json));
    if (known !== undefined) return known;
    const reference = await this.store.keep(this.owner, json).catch(refuse);
    if (reference !== undefined) this.know(reference);
    return reference;
  }

  isInputLarge({ inputJson }: ChildRequest): boolean {
    return inputJson !== null && this.isLarge(inputJson);
  }

  /**
   * Keeps the large input of a run that a step is about to start.
   * @throws StepFailure BLOB_QUOTA_EXCEEDED
   */
  async keepInputOf(child: ChildRequest): Promise<ChildRequest> {
    const { id: runId, inputJson } = child;
    if (inputJson === null) return child;
    const inputBlob = await this.store.keep({ ...this.owner, runId }, inputJson).catch(refuse);
    return inputBlob === undefined ? child : { ...child, inputJson: null, inputBlob };
  }

  /** @throws UnreadableValueError */
  read(reference: BlobReference): Promise<unknown> {
    return this.store.read(reference);
  }
}

function refuse(error: unknown): never {
  throw error instanceof BlobQuotaError ? StepFailure.permanent('BLOB_QUOTA_EXCEEDED', error.message) : error;
}
