/** The task queue that workers poll and that upgrades are started on, unless `--task-queue` names another. */
export const defaultTaskQueue = 'stepladder';
