import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const PRODUCES = 'produces';

/** What a route answers in when it is not JSON: `text/event-stream`. `*` + `/*` answers whatever is accepted. */
export function Produces(mediaType: `${string}/${string}`): CustomDecorator {
  return SetMetadata(PRODUCES, mediaType);
}
