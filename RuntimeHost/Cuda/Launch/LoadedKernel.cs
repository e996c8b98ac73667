namespace KernelGen.Cuda.Launch;

/// <summary>A variant loaded into a context.</summary>
/// <param name="Module">The <c>CUmodule</c>.</param>
/// <param name="Stages">Its functions, in launch order.</param>
/// <param name="Origin">Where the image came from.</param>
/// <param name="LoadTime">How long compiling (or reading) and loading took.</param>
/// <param name="CompileLog">What the compiler said; empty for an image that was compiled before.</param>
internal sealed record LoadedKernel(nint Module, LoadedStage[] Stages, KernelOrigin Origin, TimeSpan LoadTime, string CompileLog);
