/**
 * The tags of something that another one like it gets as well. Tags that begin with `aws:` (CloudFormation's, say) can't
 * be set; our own notes are about the one that has them.
 */
export function copyTags(tags: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).filter(([key]) => !/^aws:/i.test(key) && !key.startsWith('stepladder/')),
  );
}
