import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const RAW_BODY = 'rawBody';

/** For routes that check a signature: any Content-Type is taken and `request.body` is the Buffer as it arrived. */
export function RawBody(): CustomDecorator {
  return SetMetadata(RAW_BODY, true);
}
