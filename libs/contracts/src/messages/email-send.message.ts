import { ArrayMaxSize, ArrayMinSize, IsArray, IsEmail, IsOptional, IsString, Length, MaxLength } from 'class-validator';

/** One mail. At least one of `text` and `html` holds the body. */
export class EmailSend {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsEmail({}, { each: true })
  to: string[];

  @IsString()
  @Length(1, 998)
  subject: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_048_576)
  text?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_048_576)
  html?: string;

  @IsOptional()
  @IsEmail()
  reply_to?: string;

  /** The mail's Message-ID without angle brackets: equal over all attempts, so that a receiver can drop a double. */
  @IsString()
  @Length(3, 250)
  message_id: string;
}
