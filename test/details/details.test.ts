import { describe, expect, it } from 'vitest';
import { renderDetails } from '../../src/workflows/details.ts';
import { at, gate, migrating, migration, status } from '../commands/fixtures.ts';

/** The text under one heading. */
function under(heading: string, text: string): string {
  return text.split(`### ${heading}\n\n`)[1]?.split('\n\n### ')[0] ?? '';
}

describe('the current details of a migration', () => {
  it('show where the users are, which cluster is which, and how they got there', () => {
    expect(under('Users', renderDetails(migrating()))).toBe(
      [
        '`blue 75 % ███████████████░░░░░ green 25 %`',
        '',
        'Step 2 of 4 (5, 25, 50, 100 %). Blue is `shop`, green is `shop-1-34`. Users come by `http://shop.example.com`.',
        '',
        `- ${at('10:03:00')} **blue 95 %, green 5 %**: step of 5 %`,
        `- ${at('10:04:00')} **blue 75 %, green 25 %**: step of 25 %`,
      ].join('\n'),
    );
  });

  it('say until when the old cluster is kept', () => {
    const text = renderDetails(migrating({ migration: migration({ keepUntil: at('12:00:00') }) }));
    expect(text).toContain(`Blue is kept until ${at('12:00:00')} at least.`);
  });

  it('do not claim to know weights that nobody has read', () => {
    const { weights: _, ...unread } = migration({ moves: [] });
    const text = renderDetails(migrating({ migration: unread }));
    expect(under('Users', text)).toMatch(/^Where they are sent is not known\./);
  });

  it('ask for the cutover first, with the payload to paste and blank lines around lists', () => {
    const shown = ['Compared:', '- 120 objects on both', '- 3 with a reason', 'Probed: shop holds.'];
    const text = renderDetails(migrating({ gates: [gate({ gate: 'cutover', hop: '1.34', shown })] }));
    expect(text).toContain('### Asked of you: approve or reject the cutover to 1.34');
    expect(text).toContain('Compared:\n\n- 120 objects on both\n- 3 with a reason\n\nProbed: shop holds.');
    expect(text).toContain('{"gate":"cutover","by":"your name","digest":"3f2a9c1e"}');
    expect(text.indexOf('Asked of you')).toBeLessThan(text.indexOf('### Users'));
    expect(text.indexOf('### Users')).toBeLessThan(text.indexOf('### Waiting'));
  });

  it('name the whole old cluster where it is about to be deleted', () => {
    const text = renderDetails(migrating({ gates: [gate({ gate: 'retire', hop: '1.34' })] }));
    expect(text).toContain('approve or reject the deletion of the old cluster');
  });
});

it('the details say a hop once, in one line', () => {
  const rows = under('Progress', renderDetails(migrating())).split('\n').slice(2);
  expect(rows[0]).toBe('| 1.31\u00a0→\u00a01.34 | green-cluster | done |  |');
  expect(rows[1]).toBe('|  | cutover | running |  |');
});

it('the details of an upgrade in place say nothing of users', () => {
  expect(renderDetails(status())).not.toContain('Users');
});
