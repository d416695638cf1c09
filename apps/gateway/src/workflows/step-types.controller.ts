import type { StepTypesDto } from '@app/contracts';
import { definitionSchema, stepTypeViews } from '@app/definition';
import { Controller, Get } from '@nestjs/common';
import { Scoped } from '../http/access/access.decorators.js';

@Scoped('workflows:read')
@Controller('step-types')
export class StepTypesController {
  /** The same for everybody, and as long as the process lives. */
  private readonly language = { definition: definitionSchema(), step_types: stepTypeViews() };

  /** The step types and the JSON Schema of definitions, from the rules that definitions are checked with. */
  @Get()
  list(): StepTypesDto {
    return this.language;
  }
}
