// biome-ignore-all format: one line a text, so that both languages read side by side
/** Words in English: profiles merged, and what came about a person. */
export const merge = {
  'merge.open': 'Merge…',
  'merge.title': 'Merge with another profile',
  'merge.help': 'Are these two profiles the same person? This one will stand for them; the other is attached to it. Orders and calls keep the profile they named.',
  'merge.search': 'The other profile',
  'merge.searchHelp': 'Its e-mail address, id or phone.',
  'merge.nobody': 'No other profile matches.',
  'merge.choose': 'Profile to attach',
  'merge.effect': 'What this changes',
  'merge.effectHelp': 'Each legal basis becomes that of both histories together, in order of time: a legal basis refused on one side is refused. The merge can be undone; refusals made in between stay on both sides.',
  'merge.submit': 'Merge',
  'merge.undo': 'Undo the merge',
  'merge.undoOf': 'Undo the merge with {{name}}',
  'merge.absorbed': 'This person also has',
  'merge.openKept': 'Open the profile that stands for them',
  'timeline.title': 'Timeline',
  'timeline.help': 'Everything that came in this person’s name, and what it changed.',
  'timeline.none': 'Nothing came in their name, or the journal of that time was deleted.',
};
