using System.ComponentModel;

namespace KernelGen.Cpu.Kernels;

/// <summary>The generated inner loops of one head dim at one vector width. A lane group is two vectors of query rows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface IMicroKernels
{
    /// <summary>Keys that <see cref="Scores"/> holds in registers: the fewest it can work on.</summary>
    static abstract int ScoreKeys { get; }

    /// <summary>Scores of a lane group against a block of keys.</summary>
    /// <param name="queries">Packed queries, <c>[headDim][lane]</c>.</param>
    /// <param name="keys">Dense keys, <c>[keyCount][headDim]</c>.</param>
    /// <param name="keyCount">At least <see cref="ScoreKeys"/>.</param>
    /// <param name="scores">Receives <c>[keyCount][lane]</c>.</param>
    /// <param name="maximum">A maximum for each lane.</param>
    /// <param name="newMaximum">Receives that maximum, raised to the largest of the scores.</param>
    /// <param name="next">What to bring closer meanwhile.</param>
    static abstract void Scores(
        float* queries, float* keys, int keyCount, float* scores, float* maximum, float* newMaximum, NextBlock next);

    /// <summary>
    /// Turns the scores of a lane group against a block of keys into weights and adds the values, weighted, to its output.
    /// </summary>
    /// <param name="scores">Scores, <c>[keyCount][lane]</c>, in units of log2.</param>
    /// <param name="weights">Receives the weights, <c>[keyCount][lane]</c>; may be <paramref name="scores"/>.</param>
    /// <param name="values">Dense values, <c>[keyCount][headDim]</c>.</param>
    /// <param name="keyCount">At least 1.</param>
    /// <param name="maximum">What the weights are relative to, for each lane: a maximum that no score is above.</param>
    /// <param name="sum">The sum of weights of each lane, to which these are added.</param>
    /// <param name="rescale">A factor for each lane, applied to the output first.</param>
    /// <param name="output">The output so far, <c>[headDim][lane]</c>.</param>
    static abstract void Values(
        float* scores, float* weights, float* values, int keyCount, float* maximum, float* sum, float* rescale, float* output);
}
