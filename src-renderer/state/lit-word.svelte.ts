/** The word under the pointer or the keyboard's focus: it lights up in every text. */
class LitWord {
  word = $state<string | undefined>()
}

export const lit = new LitWord()
