/** What was found out about data once, and need not be found out again. */
import type { Survey, SurveyOptions } from '../dataset/survey.ts'
import { surveyData } from '../dataset/survey.ts'

export class DataFacts {
  #survey: { key: string; found: Survey } | undefined

  /** Looks through data; what it found last is remembered. */
  async survey({ signal, ...options }: SurveyOptions): Promise<Survey> {
    const key = JSON.stringify(options)
    if (this.#survey?.key === key) return this.#survey.found
    const found = await surveyData({ ...options, signal })
    this.#survey = { key, found }
    return found
  }
}
