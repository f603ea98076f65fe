/* Runs beside the page, in the audio thread: gathers the sound into blocks of 20 ms and says how loud they were.
   Its messages are also the studio's beat: timers of a hidden page slow down, these do not. Each says when it was made,
   for a busy page reads it late. */

declare class AudioWorkletProcessor { readonly port: MessagePort }
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void
declare const sampleRate: number

class Blocks extends AudioWorkletProcessor {
  private readonly size = Math.round(sampleRate / 50)
  private block = new Float32Array(this.size)
  private filled = 0

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? []
    for (let i = 0; i < (channels[0]?.length ?? 128); i += 1) {
      let sum = 0
      for (const channel of channels) sum += channel[i]
      this.block[this.filled] = channels.length ? sum / channels.length : 0
      this.filled += 1
      if (this.filled === this.size) this.give()
    }
    return true
  }

  private give(): void {
    const block = this.block
    let peak = 0
    for (const sample of block) peak = Math.max(peak, Math.abs(sample))
    this.port.postMessage({ block, peak, made_ms: Date.now() }, [block.buffer])
    this.block = new Float32Array(this.size)
    this.filled = 0
  }
}

registerProcessor('blocks', Blocks)
