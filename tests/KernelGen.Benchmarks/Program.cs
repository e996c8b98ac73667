using BenchmarkDotNet.Running;
using KernelGen.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(PlannerBenchmarks).Assembly).Run(args);
