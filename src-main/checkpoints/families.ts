/**
 * The model families whose Hugging Face folders are read and written, a row each: where config.json
 * has the sizes, what the tensors are called, and which class of transformers loads the result.
 */
import type { EncoderFamily, EncoderSizes } from '../models/encoder.ts'

/** A field of config.json; without it the value is `otherwise`, or it must be there. */
export interface ConfigurationField {
  readonly field: string
  readonly otherwise?: number
}

/** Names of a layer's parts, after the name of the layer and before `.weight` or `.bias`. */
interface LayerNames {
  readonly query: string
  readonly key: string
  readonly value: string
  readonly attentionOutput: string
  readonly attentionNorm: string
  readonly inner: string
  readonly output: string
  readonly norm: string
}

export interface Family {
  readonly title: string
  /** The class that a tuned model is for, as config.json names it in `architectures`. */
  readonly classifierClass: string
  /** Where the sizes come from: a field, or a number that the family does not leave open. */
  readonly sizes: Readonly<Record<keyof EncoderSizes, ConfigurationField | number>>
  readonly activationField: string
  /** What the names of all layers start with; the number follows, from 0. */
  readonly layers: string
  readonly layer: LayerNames
  /** The layer between the first token and the classifier, and whether the encoder has it. */
  readonly pooler: { readonly name: string; readonly inEncoder: boolean }
  readonly classifier: string
}

const bertSizes = {
  embedding: { field: 'hidden_size' },
  hidden: { field: 'hidden_size' },
  layers: { field: 'num_hidden_layers' },
  heads: { field: 'num_attention_heads' },
  intermediate: { field: 'intermediate_size' },
  positions: { field: 'max_position_embeddings' },
  types: { field: 'type_vocab_size', otherwise: 2 },
  normEpsilon: { field: 'layer_norm_eps', otherwise: 1e-12 },
  padId: { field: 'pad_token_id', otherwise: 0 }
} as const

const bertLayer: LayerNames = {
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  attentionOutput: 'attention.output.dense',
  attentionNorm: 'attention.output.LayerNorm',
  inner: 'intermediate.dense',
  output: 'output.dense',
  norm: 'output.LayerNorm'
}

/** Tensors before the first layer; our names on the left. */
export const embeddingNames = {
  words: 'embeddings.word_embeddings.weight',
  positions: 'embeddings.position_embeddings.weight',
  types: 'embeddings.token_type_embeddings.weight',
  norm: 'embeddings.LayerNorm',
  projection: 'embeddings_project'
} as const

export const families: Readonly<Record<EncoderFamily, Family>> = {
  bert: {
    title: 'BERT',
    classifierClass: 'BertForSequenceClassification',
    sizes: bertSizes,
    activationField: 'hidden_act',
    layers: 'encoder.layer',
    layer: bertLayer,
    pooler: { name: 'pooler.dense', inEncoder: true },
    classifier: 'classifier'
  },
  roberta: {
    title: 'RoBERTa',
    classifierClass: 'RobertaForSequenceClassification',
    sizes: { ...bertSizes, padId: { field: 'pad_token_id', otherwise: 1 } },
    activationField: 'hidden_act',
    layers: 'encoder.layer',
    layer: bertLayer,
    pooler: { name: 'classifier.dense', inEncoder: false },
    classifier: 'classifier.out_proj'
  },
  distilbert: {
    title: 'DistilBERT',
    classifierClass: 'DistilBertForSequenceClassification',
    sizes: {
      embedding: { field: 'dim' },
      hidden: { field: 'dim' },
      layers: { field: 'n_layers' },
      heads: { field: 'n_heads' },
      intermediate: { field: 'hidden_dim' },
      positions: { field: 'max_position_embeddings' },
      types: 0,
      normEpsilon: 1e-12,
      padId: { field: 'pad_token_id', otherwise: 0 }
    },
    activationField: 'activation',
    layers: 'transformer.layer',
    layer: {
      query: 'attention.q_lin',
      key: 'attention.k_lin',
      value: 'attention.v_lin',
      attentionOutput: 'attention.out_lin',
      attentionNorm: 'sa_layer_norm',
      inner: 'ffn.lin1',
      output: 'ffn.lin2',
      norm: 'output_layer_norm'
    },
    pooler: { name: 'pre_classifier', inEncoder: false },
    classifier: 'classifier'
  },
  electra: {
    title: 'ELECTRA',
    classifierClass: 'ElectraForSequenceClassification',
    sizes: { ...bertSizes, embedding: { field: 'embedding_size', otherwise: 128 } },
    activationField: 'hidden_act',
    layers: 'encoder.layer',
    layer: bertLayer,
    pooler: { name: 'classifier.dense', inEncoder: false },
    classifier: 'classifier.out_proj'
  }
}
