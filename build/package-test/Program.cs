using System;
using KernelGen;
using KernelGen.Planning;
using KernelGen.Tensors;

using AttentionHost host = AttentionHost.CreateDefault();
PackageAttention attention = new(host);
AttentionShape shape = new(batch: 1, heads: 2, queries: 100, keys: 77, headDim: 40);
float[] query = new float[shape.QueryElements];
float[] key = new float[shape.KeyElements];
float[] value = new float[shape.KeyElements];
Array.Fill(value, 3f);
float[] output = new float[shape.QueryElements];

SlicePlan plan = attention.Plan<float>(shape);
attention.Run<float>(plan, query, key, value, output);

// Equal scores average the values, and all values are 3.
bool correct = Array.TrueForAll(output, x => Math.Abs(x - 3f) < 1e-5f);
Console.WriteLine($"{plan.Variant.Id} on {host.Device.Name}: {(correct ? "correct" : "WRONG")}");
return correct ? 0 : 1;

/// <summary>Attention of the package's test.</summary>
[SliceAttention(HeadDims = [40], ElementTypes = [ElementType.Float32], SliceRows = [512])]
internal sealed partial class PackageAttention;
