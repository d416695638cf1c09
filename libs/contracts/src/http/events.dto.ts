/** What became of the events of one request, all of them committed. */
export class EventsAcceptedDto {
  /** Events that are new: what waits for them is started. */
  accepted: number;
  /** Events that have the source and id of one in the last 24 hours: nothing more comes of them. */
  duplicates: number;
}
