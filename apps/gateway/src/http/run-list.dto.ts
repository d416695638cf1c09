import { PageQuery, RunFilterDto } from '@app/contracts';
import { IntersectionType, OmitType } from '@nestjs/swagger';

/** Which runs are wanted, over all workflows. */
export class AllRunsQuery extends IntersectionType(PageQuery, RunFilterDto) {}

/** Which runs of one workflow are wanted. */
export class RunListQuery extends OmitType(AllRunsQuery, ['workflow_id']) {}
