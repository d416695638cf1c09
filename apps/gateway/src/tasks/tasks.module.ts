import { Module } from '@nestjs/common';
import { TaskWaits } from './task-waits.service.js';
import { TasksController } from './tasks.controller.js';
import { TasksService } from './tasks.service.js';

/** Tasks that programs of the users' own take and end. */
@Module({ controllers: [TasksController], providers: [TasksService, TaskWaits], exports: [TaskWaits] })
export class TasksModule {}
