import type { UpdateSettings } from '../contract/plan.ts';

/** Key of the note (on EKS a tag) that a node group carries while its update settings are not its own. */
export const updateSettingsNoteKey = 'stepladder/update-settings-before';

/** `maxUnavailable=1 updateStrategy=DEFAULT`: tags of EKS take no JSON. Settings that are not given are left out. */
export function writeNote(settings: UpdateSettings): string {
  const parts = [
    settings.maxUnavailable === undefined ? undefined : `maxUnavailable=${settings.maxUnavailable}`,
    settings.maxUnavailablePercentage === undefined
      ? undefined
      : `maxUnavailablePercentage=${settings.maxUnavailablePercentage}`,
    settings.updateStrategy === undefined ? undefined : `updateStrategy=${settings.updateStrategy}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? 'default' : parts.join(' ');
}

/** Reads a note; undefined when there is none, or when somebody has written something else there. */
export function readNote(text: string | undefined): UpdateSettings | undefined {
  if (text === undefined) return undefined;
  const settings: UpdateSettings = {};
  if (text.trim() === 'default') return settings;
  for (const part of text.trim().split(/\s+/)) {
    const [name, value] = part.split('=', 2);
    if (
      (name === 'maxUnavailable' || name === 'maxUnavailablePercentage') &&
      /^[1-9]\d{0,2}$/.test(value ?? '')
    ) {
      settings[name] = Number(value);
    } else if (name === 'updateStrategy' && (value === 'DEFAULT' || value === 'MINIMAL')) {
      settings.updateStrategy = value;
    } else {
      return undefined;
    }
  }
  return settings;
}
