import {
  CompleteTaskDto,
  FailTaskDto,
  HeartbeatTaskDto,
  PollTasksDto,
  TaskEndedDto,
  TaskHeartbeatDto,
  TasksDto,
} from '@app/contracts';
import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Scoped } from '../http/access/access.decorators.js';
import type { Caller } from '../http/access/caller.js';
import { CurrentUser } from '../http/access/current-user.decorator.js';
import { connectionGone } from '../http/connection-gone.js';
import { IdPipe } from '../http/validation/id.pipe.js';
import { TasksService } from './tasks.service.js';

@Scoped('tasks:work')
@Controller('tasks')
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  /** Takes tasks that `external` steps of the caller's workflows have written. */
  @HttpCode(200)
  @Post('poll')
  async poll(
    @CurrentUser() { userId }: Caller,
    @Body() wanted: PollTasksDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TasksDto> {
    return { tasks: await this.tasks.poll(userId, wanted, connectionGone(reply)) };
  }

  /** Ends a task with the step's output. */
  @HttpCode(202)
  @Post(':id/complete')
  async complete(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Body() answer: CompleteTaskDto,
  ): Promise<TaskEndedDto> {
    await this.tasks.complete(userId, id, answer);
    return { id, message: 'The task is completed and its run goes on.' };
  }

  /** Ends a task that could not be done. */
  @HttpCode(202)
  @Post(':id/fail')
  async fail(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Body() answer: FailTaskDto,
  ): Promise<TaskEndedDto> {
    await this.tasks.fail(userId, id, answer);
    return { id, message: 'The task has failed; its step goes on as its definition says.' };
  }

  /** Keeps a task for longer, and tells whether it is still wanted. */
  @HttpCode(200)
  @Post(':id/heartbeat')
  async heartbeat(
    @CurrentUser() { userId }: Caller,
    @Param('id', IdPipe) id: string,
    @Body() wish: HeartbeatTaskDto,
  ): Promise<TaskHeartbeatDto> {
    return this.tasks.heartbeat(userId, id, wish);
  }
}
