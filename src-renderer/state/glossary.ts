/** The words of Erratum, a sentence each: the same word for the same thing in every view. */
export const glossary = {
  example: 'The held-out text whose wrong prediction is being repaired.',
  row: 'A training text. Its number is its place in the data file, counted from 0, and never changes.',
  influence:
    'How much training on a row changed the loss of the example. Negative: it pushed towards the wrong label.',
  opponent: 'A training row with negative influence: it pushed the model towards the wrong label.',
  proponent: 'A training row with positive influence: it pushed the model towards the true label.',
  'word contribution':
    'The share of one word in a row’s influence; the words of a row add up to its influence.',
  'near-duplicates': 'Rows whose words are nearly the same.',
  '[PAD]':
    'The empty word: a word that is replaced by it keeps its place and no longer says anything.',
  edit: 'A change to the training data: a row removed, or one of its words replaced by [PAD].',
  k: 'How many opponents are edited, the strongest first.',
  round: 'One retraining from its own seed, which sets the start and the order of training.',
  fixed: 'In a round in which the model predicts the true label of the example.',
  'fix probability':
    'The share of rounds in which the example is fixed, with the 95 % interval in which it likely lies.',
  baseline: 'The same seeds without any edit: retraining alone flips some predictions.',
  control: 'The same seeds with as many random rows removed: a fix must do better than that.',
  'stably wrong': 'Wrong in most rounds without any edit. A fix of anything else says little.',
  elsewhere:
    'Other held-out predictions that the edit breaks or repairs, next to what changes between seeds alone.',
  'p-value':
    'How often a difference at least this large would come about by luck alone (McNemar’s exact test on paired seeds).',
  checkpoint:
    'The model as it was at the end of an epoch. Influence is summed over those whose loss was still falling.',
  'probability of the true label': 'How likely the model holds the label that the text really has.',
  'held-out': 'Rows that the model is not trained on, and is judged by.',
  method: 'How influence is computed.',
  'warm-up':
    'The share of the steps over which the learning rate rises from zero, which spares the start.',
  'largest gradient':
    'Gradients of a step whose norm is larger are scaled down to it; empty: none are.',
  dropout: 'The share of the numbers that every step leaves out at random, against overfitting.',
  'frozen layers':
    'So many first layers, and the embeddings, keep their weights: faster, and in less memory.',
  'parts of a step': 'The rows of a step are worked out in so many parts, to need less memory.'
} as const

export type Term = keyof typeof glossary
