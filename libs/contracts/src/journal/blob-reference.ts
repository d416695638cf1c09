/** Where a value is kept that is too large for the row it belongs to. */
export interface BlobReference {
  id: string;
  /** Of its JSON in UTF-8. */
  bytes: number;
  /** Of the same, in hex: what is read is what was written. */
  sha256: string;
}
